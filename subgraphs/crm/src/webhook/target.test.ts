import { expect, test } from '@jest/globals';
import { isPublicAddress } from './public-address.ts';
import { checkUrl, resolveTarget } from './target.ts';

const nobody = new Set<string>();

test.each([
  ['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  [
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', 'fec0::1'],
  ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::a00:1', '::ffff:8.8.8.8'],
  ['2002:7f00:1::', '2001::1', '2001:db8::1', '100::1', '3fff::1', 'example.com', '', '1.2.3', '0x7f.1'],
])('%s is not of the public internet, nor are those like it', (...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

test('addresses of the public internet are', () => {
  const addresses = [
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ];
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
});

test.each([
  ['http://partner.example/hook', 'https'],
  ['ftp://partner.example/', 'https'],
  ['https://user:pass@partner.example/', 'password'],
  ['https://partner.example/#part', 'fragment'],
  ['https://127.0.0.1/', 'public'],
  ['https://2130706433/', 'public'], // 127.0.0.1 as one number
  ['https://0x7f.1/', 'public'],
  ['https://0177.0.0.1/', 'public'],
  ['https://[::1]/', 'public'],
  ['https://[::ffff:169.254.169.254]/', 'public'],
  ['https://①②⑦.0.0.1/', 'public'], // digits that a URL parser takes for 127
  ['not a url', 'no URL'],
  [`https://partner.example/${'x'.repeat(3_000)}`, 'no URL'],
])('%s is refused at once', (url, why) => {
  expect(() => checkUrl(url, nobody)).toThrow(why);
});

test('a name is refused for any address it leads to, unless it is allowed', async () => {
  await expect(resolveTarget('https://localhost/hook', nobody)).rejects.toThrow('not a public one');
  const target = await resolveTarget('http://localhost:8080/hook', new Set(['localhost:8080']));
  expect(target.address).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(() => checkUrl('http://localhost:8081/', new Set(['localhost:8080']))).toThrow('https');
});
