/**
 * "Did you mean ...?": the known name that is nearest to a wrong one.
 */

/**
 * The number of letters to insert, delete, replace or swap with the next to turn one word into the other.
 *
 * @source Damerau, Commun. ACM 7(3), 1964 (the variant in which no letter is edited twice)
 * @example editDistance("maxIetr", "maxIter") // => 1
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

/** The nearest of `known` to `name`, letter case aside, if it is near enough to be a slip; or the one it abbreviates. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const key = plain(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(key.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(key, plain(candidate));
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best ?? known.find((candidate) => key.length > 2 && plain(candidate).startsWith(key));
}

/** The repair sentence for a wrong name. */
export function didYouMean(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  if (guess !== undefined) return `Did you mean ${guess}?`;
  return known.length > 0 ? `Known: ${known.join(", ")}.` : "There are none.";
}

/** Without case and underscores, so that `max_iter` finds `maxIter`. */
function plain(name: string): string {
  return name.slice(0, 64).toLowerCase().replaceAll("_", "");
}

function at(row: readonly number[], j: number): number {
  return row[j] ?? 0;
}
