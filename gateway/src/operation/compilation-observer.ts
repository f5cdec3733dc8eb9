/** Looks on while operations are compiled: what is cold is what clients wait for. Each gives back what `work` gives. */
export interface CompilationObserver {
  /** From the text to the compiled operation, planning too. */
  compiling<T>(work: () => Promise<T>): Promise<T>;
  planning<T>(planner: string, work: () => Promise<T>): Promise<T>;
}
