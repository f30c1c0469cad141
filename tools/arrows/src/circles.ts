import { isRelative, type Package, resolveRelative, type SourceFile } from './workspace';

/**
 * The circles of files that import each other, each as its sorted paths: the strongly connected components of the
 * import graph with more than one file, and files that import themselves (Tarjan 1972). Type imports count:
 * they couple files for a reader, and one forgotten `type` makes them real.
 */
export function circles(packages: Package[]): string[][] {
  const files = new Map(packages.flatMap((pkg) => pkg.files).map((file) => [file.path, file]));
  const entries = new Map(
    packages.map(({ manifest, directory }) => [manifest.name, `${directory}/src/index.ts`]),
  );
  const findImports = (file: SourceFile): SourceFile[] =>
    file.imports
      .map((name) =>
        isRelative(name) ? resolveRelative(file, name, files) : files.get(entries.get(name) ?? ''),
      )
      .filter((target) => target !== undefined);

  const found: string[][] = [];
  const order = new Map<SourceFile, number>();
  const stack: SourceFile[] = [];
  /** Visits everything reachable; returns the lowest order on the stack that is reachable from `file`. */
  const visit = (file: SourceFile): number => {
    const index = order.size;
    let lowest = index;
    order.set(file, index);
    stack.push(file);
    const targets = findImports(file);
    for (const target of targets) {
      if (!order.has(target)) lowest = Math.min(lowest, visit(target));
      else if (stack.includes(target)) lowest = Math.min(lowest, order.get(target)!);
    }
    if (lowest === index) {
      const component = stack.splice(stack.indexOf(file)).map(({ path }) => path);
      if (component.length > 1 || targets.includes(file)) found.push(component.sort());
    }
    return lowest;
  };
  for (const file of files.values()) if (!order.has(file)) visit(file);
  return found;
}
