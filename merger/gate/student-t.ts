/** From here on Student's t is the normal distribution to three digits. */
export const MANY_DEGREES = 1000;

/**
 * Two-sided p of Student's t: the chance of a value at least this far from 0 under `degrees` (not always whole) degrees of
 * freedom. It is I_x(degrees/2, 1/2) at x = degrees/(degrees + t²) (DLMF 8.17, Abramowitz and Stegun 26.7.1).
 */
export function twoSidedP(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that lies 95 % of the distribution between −t and t: 12.71 at 1 degree of freedom, 1.962 at 1000. */
export function ninetyFivePoint(degrees: number): number {
  let [low, high] = [0, 100];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (twoSidedP(middle, degrees) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularized incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean only; above it the symmetry I_x(a, b) = 1 - I_(1-x)(b, a) helps.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  let [numerator, denominator] = [1, 1 / nonZero(1 - ((a + b) * x) / (a + 1))];
  let fraction = denominator;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let factor = 1;
    for (const term of [even, odd]) {
      denominator = 1 / nonZero(1 + term * denominator);
      numerator = nonZero(1 + term / numerator);
      factor = denominator * numerator;
      fraction *= factor;
    }
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** Stirling's series (DLMF 5.11.1) at x + 8 and more, brought back by the recurrence; good to 1e-13. */
function logGamma(x: number): number {
  let [shifted, product] = [x, 1];
  while (shifted < 8) {
    product *= shifted;
    shifted += 1;
  }
  const square = shifted * shifted;
  const series =
    (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / shifted;
  return (
    (shifted - 0.5) * Math.log(shifted) -
    shifted +
    Math.log(2 * Math.PI) / 2 +
    series -
    Math.log(product)
  );
}
