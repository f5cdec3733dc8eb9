/** The colour of a polished metal by the code of its alloy; what is not known looks like silver. */
export function metalColour(alloy: string): number {
  if (/GOLD.*RED|GOLD.*ROSE/.test(alloy)) return 0xf0b08c;
  if (/GOLD.*WHITE/.test(alloy)) return 0xeeeadd;
  if (alloy.includes('GOLD')) return alloy.includes('750') ? 0xf6c34f : 0xf2cf7a;
  if (/PLATINUM|PALLADIUM/.test(alloy)) return 0xe2e4e5;
  if (alloy.includes('BRONZE')) return 0xb87d4b;
  if (alloy.includes('BRASS')) return 0xc9a14a;
  return 0xf2f3f4;
}
