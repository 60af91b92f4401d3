/** The most entries that any sliding second holds; times in ms, the window is [t, t + 1000). */
export function mostInASecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((time, index) => {
    while (time - (sorted[first] ?? time) >= 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
