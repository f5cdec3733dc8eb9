import type { KeyObject } from 'node:crypto';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import type { Role } from '@alexandrite/auth/viewer';
import { readSecrets } from '@alexandrite/local/secrets';
import { Client } from '../harness/client.ts';

const HALF_A_DAY = 43_200; // 12 hours in seconds

/** People with a token each, who ask now this gateway, now that one. */
export class People {
  readonly #gateways: readonly string[];
  readonly #key: KeyObject;
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(gateways: readonly string[], dataDir: string) {
    this.#gateways = gateways;
    this.#key = sharedKey(readSecrets(dataDir, process.env).AUTH_SECRET, 'AUTH_SECRET');
  }

  /** `turn` chooses the gateway: whoever was disappointed by one goes to the next. */
  async client(role: Role, sub: string, turn: number): Promise<Client> {
    const name = `${role} ${sub}`;
    let token = this.#tokens.get(name);
    if (!token) {
      token = signToken(this.#key, { sub, role }, HALF_A_DAY);
      this.#tokens.set(name, token);
    }
    return new Client(this.#gateways[turn % this.#gateways.length]!, await token);
  }
}
