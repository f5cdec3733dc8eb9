/** Whether the service in this container is ready, for Docker: exit code 0 or 1. */
const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`);
process.exitCode = ok ? 0 : 1;
