// One way to stop: the refresh refuses whatever it does not understand, and says where.

export class Doubt extends Error {}

export function doubt(where, what) {
  throw new Doubt(`${where}: ${what}`);
}

export function sortedKeys(object) {
  return Object.keys(object).sort(byText);
}

// The order of std::string_view, which the table's binary searches rely on; the names are ASCII.
export function byText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
