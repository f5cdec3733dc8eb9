import { WebSocket } from 'ws';

/** Calls back with the serial of every event of the subgraph `ticks`. */
export function followTicks(url: string, onTick: (serial: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws');
    socket.on('error', reject);
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === 'next') onTick(payload.data.tick.serial);
      if (type !== 'connection_ack') return;
      const query = 'subscription { tick { serial } }';
      socket.send(JSON.stringify({ id: 'all', type: 'subscribe', payload: { query } }), () => resolve());
    });
  });
}
