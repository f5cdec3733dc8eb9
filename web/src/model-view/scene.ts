import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DirectionalLight,
  DoubleSide,
  HemisphereLight,
  LinearFilter,
  Mesh,
  MeshLambertMaterial,
  MeshMatcapMaterial,
  PerspectiveCamera,
  Scene,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { ShownModel } from './open-model.ts';
import type { PaintedWalls } from './paint-walls.ts';
import { STUDIO_SIZE, studio } from './studio.ts';

export interface ModelScene {
  show(model: ShownModel): void;
  paint(colour: number): void;
  /** The walls in their colours instead of metal, from the same side; null brings the metal back. */
  showWalls(walls: PaintedWalls | null): void;
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
  // Without reflections, which would be taken for colours of the scale; the light is at the camera's shoulder.
  const wallMaterial = new MeshLambertMaterial({ vertexColors: true, side: DoubleSide });
  const walls = new Mesh(new BufferGeometry(), wallMaterial);
  walls.visible = false;
  scene.add(walls);
  const light = new DirectionalLight(0xffffff, 1.6);
  light.position.set(-0.5, 0.7, 1);
  camera.add(light);
  scene.add(camera, new HemisphereLight(0xffffff, 0xffffff, 1.9));

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
      geometry.computeBoundingSphere();
      const centre = mesh.min.map((low, axis) => (low + mesh.max[axis]!) / 2) as [number, number, number];
      piece.position.set(-centre[0], -centre[1], -centre[2]);
      walls.position.copy(piece.position);
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
    showWalls(painted) {
      walls.geometry.dispose();
      walls.geometry = new BufferGeometry();
      if (painted) {
        walls.geometry.setAttribute('position', new BufferAttribute(painted.positions, 3));
        walls.geometry.setAttribute('normal', new BufferAttribute(painted.normals, 3));
        walls.geometry.setAttribute('color', new BufferAttribute(painted.colours, 3));
      }
      walls.visible = painted !== null;
      piece.visible = painted === null;
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
      walls.geometry.dispose();
      wallMaterial.dispose();
      material.dispose();
      reflections.dispose();
      renderer.dispose();
    },
  };
}
