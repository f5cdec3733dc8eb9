/** The colour of a polished metal by the code of its alloy; what is not known looks like silver. */
export function metalColour(alloy: string): number {
  if (/GOLD.*RED|GOLD.*ROSE/.test(alloy)) return 0xe2a07c;
  if (/GOLD.*WHITE/.test(alloy)) return 0xdedace;
  if (alloy.includes('GOLD')) return alloy.includes('750') ? 0xe9b94a : 0xe3bf6a;
  if (/PLATINUM|PALLADIUM/.test(alloy)) return 0xcfd2d4;
  if (alloy.includes('BRONZE')) return 0xb87d4b;
  if (alloy.includes('BRASS')) return 0xc9a14a;
  return 0xdcdfe2;
}
