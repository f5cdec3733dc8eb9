/** Reads a model beside the page, which stays quick however large the file is. */
import { type Mesh, ModelError, type ModelProblem } from './mesh.ts';
import { readModel } from './read-model.ts';
import { smoothNormals } from './smooth-normals.ts';

export interface ModelRequest {
  filename: string;
  bytes: ArrayBuffer;
}

export type ModelReply = { mesh: Mesh; normals: Float32Array } | { problem: ModelProblem; detail: string };

addEventListener('message', (event: MessageEvent<ModelRequest>) => {
  const { filename, bytes } = event.data;
  try {
    const mesh = readModel(filename, new Uint8Array(bytes));
    const normals = smoothNormals(mesh.positions);
    const reply: ModelReply = { mesh, normals };
    postMessage(reply, { transfer: [mesh.positions.buffer, normals.buffer] });
  } catch (error) {
    const reply: ModelReply =
      error instanceof ModelError
        ? { problem: error.problem, detail: error.message }
        : { problem: 'DAMAGED', detail: String(error) };
    postMessage(reply);
  }
});
