/** Called when a column is not called what the header says. */
export type Warn = (message: string) => void;

/**
 * Names for the columns of a header. An empty name becomes `colN`; a name that is there already gets `_2`, `_3`, ...: no column
 * is lost.
 */
export function columnNames(names: readonly string[], warn?: Warn): readonly string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const wanted = name === "" ? `col${index + 1}` : name;
    let chosen = wanted;
    for (let count = 2; taken.has(chosen) || (chosen !== wanted && names.includes(chosen)); count++) {
      chosen = `${wanted}_${count}`;
    }
    taken.add(chosen);
    if (chosen !== name) warn?.(`column ${index + 1} ('${name}') is called '${chosen}' here`);
    return chosen;
  });
}
