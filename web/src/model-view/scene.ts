import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DoubleSide,
  LinearFilter,
  Mesh,
  MeshMatcapMaterial,
  PerspectiveCamera,
  Scene,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { ShownModel } from './open-model.ts';
import { STUDIO_SIZE, studio } from './studio.ts';

export interface ModelScene {
  show(model: ShownModel): void;
  paint(colour: number): void;
  /** Turns the model as a drag would; radians. */
  turn(around: number, over: number): void;
  zoom(factor: number): void;
  dispose(): void;
}

/** Draws one model on a canvas; draws only when something changed. Throws where there is no WebGL. */
export function createScene(canvas: HTMLCanvasElement): ModelScene {
  const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  const scene = new Scene();

  const camera = new PerspectiveCamera(35, 1, 0.1, 1_000);
  camera.up.set(0, 0, 1); // models of jewellery lie on their xy plane
  const controls = new OrbitControls(camera, canvas);
  controls.enablePan = false;

  const reflections = new DataTexture(studio(), STUDIO_SIZE, STUDIO_SIZE);
  reflections.minFilter = LinearFilter;
  reflections.magFilter = LinearFilter;
  reflections.needsUpdate = true;
  const material = new MeshMatcapMaterial({ matcap: reflections, side: DoubleSide });
  const piece = new Mesh(new BufferGeometry(), material);
  scene.add(piece);

  let asked = 0;
  const draw = () => {
    if (asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      renderer.render(scene, camera);
    });
  };
  controls.addEventListener('change', draw);

  const resized = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0 || height === 0) return;
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    draw();
  });
  resized.observe(canvas);

  const place = (at: Spherical) => {
    // the spherical's pole is y, ours is z
    const p = new Vector3().setFromSpherical(at);
    camera.position.set(p.x, -p.z, p.y).add(controls.target);
    controls.update();
    draw();
  };
  const placed = () => {
    const p = camera.position.clone().sub(controls.target);
    return new Spherical().setFromVector3(new Vector3(p.x, p.z, -p.y));
  };

  return {
    show({ mesh, normals }) {
      const geometry = new BufferGeometry();
      geometry.setAttribute('position', new BufferAttribute(mesh.positions, 3));
      geometry.setAttribute('normal', new BufferAttribute(normals, 3));
      geometry.center();
      geometry.computeBoundingSphere();
      piece.geometry.dispose();
      piece.geometry = geometry;
      const radius = geometry.boundingSphere?.radius || 1;
      const distance = (radius / Math.sin((camera.fov * Math.PI) / 360)) * 1.08;
      camera.near = distance / 100;
      camera.far = distance * 10;
      camera.updateProjectionMatrix();
      controls.minDistance = radius * 0.6;
      controls.maxDistance = distance * 4;
      place(new Spherical(distance, 0.95, 0.5));
    },
    paint(colour) {
      material.color.setHex(colour);
      draw();
    },
    turn(around, over) {
      const at = placed();
      at.theta += around;
      at.phi = Math.min(Math.PI - 0.05, Math.max(0.05, at.phi + over));
      place(at);
    },
    zoom(factor) {
      const at = placed();
      at.radius = Math.min(controls.maxDistance, Math.max(controls.minDistance, at.radius * factor));
      place(at);
    },
    dispose() {
      cancelAnimationFrame(asked);
      resized.disconnect();
      controls.dispose();
      piece.geometry.dispose();
      material.dispose();
      reflections.dispose();
      renderer.dispose();
    },
  };
}
