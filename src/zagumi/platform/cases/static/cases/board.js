// Cards of the board can be dragged to the stages their case may go to, or moved with Alt and the arrow keys.
// The form in each card does the same without this script.
const board = document.getElementById("board");
const columns = [...board.querySelectorAll("[data-stage]")];
let dragged = null;

const moves = (card) => card.dataset.moves.split(" ").filter(Boolean);

async function move(card, stage) {
  const form = card.querySelector("form");
  const data = new FormData(form);
  data.set("stage", stage);
  const response = await fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  if (response.ok) {
    sessionStorage.setItem("board-card", card.dataset.code);
    location.reload();
  } else {
    form.querySelector("select").value = stage;
    form.requestSubmit(); // the ordinary way shows the reason and what to do next
  }
}

for (const card of board.querySelectorAll("article[data-code]")) {
  if (!moves(card).length) continue;
  card.draggable = true;
  for (const link of card.querySelectorAll("a")) link.draggable = false; // the card is dragged, not its address
  card.addEventListener("dragstart", (event) => {
    dragged = card;
    card.classList.add("is-dragged");
    event.dataTransfer.setData("text/plain", card.dataset.code);
    event.dataTransfer.effectAllowed = "move";
    for (const column of columns) column.classList.toggle("may-drop", moves(card).includes(column.dataset.stage));
  });
  card.addEventListener("dragend", () => {
    card.classList.remove("is-dragged");
    for (const column of columns) column.classList.remove("may-drop", "is-over");
    dragged = null;
  });
  card.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const at = columns.indexOf(card.closest("[data-stage]"));
    const ahead = event.key === "ArrowRight" ? columns.slice(at + 1) : columns.slice(0, at).reverse();
    const target = ahead.find((column) => moves(card).includes(column.dataset.stage));
    if (!target) return;
    event.preventDefault();
    move(card, target.dataset.stage);
  });
}

for (const column of columns) {
  column.addEventListener("dragover", (event) => {
    if (!dragged || !moves(dragged).includes(column.dataset.stage)) return;
    event.preventDefault();
    column.classList.add("is-over");
  });
  column.addEventListener("dragleave", () => column.classList.remove("is-over"));
  column.addEventListener("drop", (event) => {
    event.preventDefault();
    column.classList.remove("is-over");
    if (dragged && moves(dragged).includes(column.dataset.stage)) move(dragged, column.dataset.stage);
  });
}

const moved = sessionStorage.getItem("board-card");
if (moved) {
  sessionStorage.removeItem("board-card");
  board.querySelector(`[data-code="${CSS.escape(moved)}"] a`)?.focus();
}
