import type { Role } from '@alexandrite/auth/viewer';

/** Who one is when a token is asked for without `--sub`: the demo data's people. */
export const defaultSubject: Readonly<Record<Role, string>> = {
  customer: 'customer-1',
  partner: 'partner-1',
  operator: 'operator-1',
  seller: 'seller-1',
  admin: 'admin-1',
};
