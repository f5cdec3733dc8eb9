/** Who may be told the plans of his operations. */
export const planAudiences = ['nobody', 'loopback', 'admins', 'everybody'] as const;
export type PlanAudience = (typeof planAudiences)[number];
