/** Colours the walls beside the page, which stays quick however large the model is. */
import { paintWalls, type WallsToPaint } from './paint-walls.ts';

addEventListener('message', ({ data }: MessageEvent<WallsToPaint>) => {
  const painted = paintWalls(data);
  const { positions, normals, colours } = painted;
  postMessage(painted, { transfer: [positions.buffer, normals.buffer, colours.buffer] });
});
