/** What runs plans, runs those of the planner that is not the default as well. */
process.env.PLANNER = 'apollo';
await import('./plans.test.ts');
await import('./apollo-executor.test.ts');
await import('./subscriptions.test.ts');

export {};
