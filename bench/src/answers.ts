/** Whether a server answers there well. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    // Nobody listens yet; anything else would be told at the deadline, with what the process said.
    if (error instanceof TypeError) return false;
    throw error;
  }
}
