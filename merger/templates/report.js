// Sorts a table by the column whose head is activated; without this script the tables stand as they are.
for (const head of document.querySelectorAll("th[data-sort]")) {
  head.tabIndex = 0;
  const sort = () => {
    const body = head.closest("table").tBodies[0];
    const column = head.cellIndex;
    const falling = head.ariaSort === "ascending";
    for (const other of head.parentElement.cells) other.ariaSort = null;
    head.ariaSort = falling ? "descending" : "ascending";
    const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const compare = (a, b) => Number(a) - Number(b) || String(a).localeCompare(String(b));
    const rows = [...body.rows].sort((a, b) => compare(key(a), key(b)) * (falling ? -1 : 1));
    body.append(...rows);
  };
  head.addEventListener("click", sort);
  head.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") sort();
  });
}
