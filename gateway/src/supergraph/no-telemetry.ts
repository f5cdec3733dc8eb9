/** Imported before `@apollo/gateway`, which reports home otherwise. */
process.env.APOLLO_TELEMETRY_DISABLED = '1';
