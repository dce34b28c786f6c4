/**
 * The Gantt sheet made lively: selection with hand-over lines, roving focus and keys, zoom, tooltips.
 * Everything shown is already in the page; without this island every bar is still there with its sentence.
 */

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

const SVG = "http://www.w3.org/2000/svg";
const ZOOMS = ["month", "week", "day", "hour"];

class Gantt {
  private readonly bars: HTMLButtonElement[];
  private readonly byKey = new Map<string, HTMLButtonElement>();
  private readonly links: SVGSVGElement;
  private readonly body: HTMLElement;
  private readonly scroll: HTMLElement;
  private readonly tip: HTMLElement;
  private selected: HTMLButtonElement | null = null;
  private all = false;

  constructor(private readonly root: HTMLElement) {
    this.bars = [...root.querySelectorAll<HTMLButtonElement>("button.bar")];
    for (const bar of this.bars) this.byKey.set(bar.dataset.key ?? "", bar);
    this.links = root.querySelector<SVGSVGElement>(".gantt-links")!;
    this.body = root.querySelector<HTMLElement>(".gantt-body")!;
    this.scroll = root.querySelector<HTMLElement>(".gantt-scroll")!;
    this.tip = document.createElement("div");
    this.tip.className = "bar-tip";
    this.tip.hidden = true;
    this.body.append(this.tip);
    this.rove(this.bars[0] ?? null);
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("keydown", (event) => this.pressed(event));
    root.addEventListener("mouseover", (event) => this.hovered(event));
    root.addEventListener("focusin", (event) => this.focused(event));
    root.addEventListener("mouseleave", () => (this.tip.hidden = true));
    this.wireTools();
    new ResizeObserver(() => this.draw()).observe(this.body);
    const asked = this.byKey.get(decodeURIComponent(location.hash.slice(1)));
    if (asked) whenLoaded(() => asked.click());
    else this.mark(this.byKey.get(root.dataset.selected ?? "") ?? null);
  }

  /** Buttons outside the sheet that point at it: zoom, all hand-over lines. */
  private wireTools(): void {
    document.querySelectorAll<HTMLElement>("[data-gantt-zoom]").forEach((button) => {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.zoom(button.dataset.ganttZoom!);
      });
    });
    document.querySelectorAll<HTMLElement>("[data-gantt-all]").forEach((button) => {
      button.addEventListener("click", () => {
        this.all = !this.all;
        button.setAttribute("aria-pressed", String(this.all));
        this.draw();
      });
    });
  }

  private zoom(name: string): void {
    if (!ZOOMS.includes(name)) return;
    const middle = (this.scroll.scrollLeft + this.scroll.clientWidth / 2) / this.scroll.scrollWidth;
    this.root.dataset.zoom = name;
    document.querySelectorAll<HTMLElement>("[data-gantt-zoom]").forEach((button) => {
      if (button.dataset.ganttZoom === name) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    this.scroll.scrollLeft = middle * this.scroll.scrollWidth - this.scroll.clientWidth / 2;
    const address = new URL(location.href);
    address.searchParams.set("zoom", name);
    history.replaceState(null, "", address);
    this.draw();
  }

  private bar(event: Event): HTMLButtonElement | null {
    return (event.target as Element).closest<HTMLButtonElement>("button.bar");
  }

  private clicked(event: Event): void {
    const bar = this.bar(event);
    if (bar) this.select(bar);
  }

  private hovered(event: Event): void {
    const bar = this.bar(event);
    if (bar) this.tell(bar);
    else this.tip.hidden = true;
  }

  private focused(event: Event): void {
    const bar = this.bar(event);
    if (!bar) return;
    this.rove(bar);
    this.tell(bar);
  }

  /** The sentence of a bar beside it; the same words are its accessible name. */
  private tell(bar: HTMLElement): void {
    const place = this.place(bar);
    this.tip.textContent = bar.getAttribute("aria-label");
    this.tip.hidden = false;
    const room = this.body.clientWidth - this.tip.offsetWidth - 8;
    this.tip.style.left = `${Math.max(this.scroll.scrollLeft + 8, Math.min(place.x, room))}px`;
    this.tip.style.top = `${place.y > 40 ? place.y - 34 : place.y + place.height + 6}px`;
  }

  /** One bar at a time takes part in the order of Tab. */
  private rove(bar: HTMLButtonElement | null): void {
    for (const each of this.bars) each.tabIndex = each === bar ? 0 : -1;
  }

  private select(bar: HTMLButtonElement | null): void {
    this.mark(bar);
    if (bar) history.replaceState(null, "", `#${encodeURIComponent(bar.dataset.key ?? "")}`);
  }

  private mark(bar: HTMLButtonElement | null): void {
    for (const each of this.bars) {
      each.setAttribute("aria-pressed", String(each === bar));
      each.classList.toggle("is-related", false);
    }
    this.selected = bar;
    if (bar) {
      for (const key of [...keys(bar, "before"), ...keys(bar, "after")]) {
        this.byKey.get(key)?.classList.add("is-related");
      }
    }
    this.draw();
  }

  private pressed(event: KeyboardEvent): void {
    const bar = this.bar(event);
    if (!bar) return;
    const next = this.toward(bar, event);
    if (next) {
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Escape") {
      this.select(null);
      this.tip.hidden = true;
    } else if (event.key === "+" || event.key === "-") {
      const at = ZOOMS.indexOf(this.root.dataset.zoom ?? "day") + (event.key === "+" ? 1 : -1);
      this.zoom(ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, at))] ?? "day");
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey) {
      document.querySelector<HTMLElement>(`[data-gantt-key="${CSS.escape(event.key)}"]`)?.click();
    }
  }

  /** The bar an arrow key leads to: in the row, to another row, or with Shift along the hand-over. */
  private toward(bar: HTMLButtonElement, event: KeyboardEvent): HTMLButtonElement | null {
    const rows = [...this.root.querySelectorAll<HTMLElement>(".gantt-row")].filter((row) =>
      row.querySelector("button.bar"),
    );
    const row = bar.closest<HTMLElement>(".gantt-row")!;
    const here = [...row.querySelectorAll<HTMLButtonElement>("button.bar")];
    const at = here.indexOf(bar);
    switch (event.key) {
      case "ArrowLeft":
        if (event.shiftKey) return this.byKey.get(keys(bar, "before")[0] ?? "") ?? null;
        return here[at - 1] ?? null;
      case "ArrowRight":
        if (event.shiftKey) return this.byKey.get(keys(bar, "after")[0] ?? "") ?? null;
        return here[at + 1] ?? null;
      case "ArrowUp":
        return this.nearest(rows[rows.indexOf(row) - 1], bar);
      case "ArrowDown":
        return this.nearest(rows[rows.indexOf(row) + 1], bar);
      case "Home":
        return here[0] ?? null;
      case "End":
        return here[here.length - 1] ?? null;
      default:
        return null;
    }
  }

  private nearest(row: HTMLElement | undefined, bar: HTMLElement): HTMLButtonElement | null {
    if (!row) return null;
    const x = this.place(bar).x;
    const bars = [...row.querySelectorAll<HTMLButtonElement>("button.bar")];
    return bars.sort((a, b) => Math.abs(this.place(a).x - x) - Math.abs(this.place(b).x - x))[0] ?? null;
  }

  private place(bar: HTMLElement): Place {
    const box = bar.getBoundingClientRect();
    const sheet = this.body.getBoundingClientRect();
    return { x: box.left - sheet.left, y: box.top - sheet.top, width: box.width, height: box.height };
  }

  /** Hand-over lines of the selected bar, or of all; the lines are drawn anew, never kept while nothing needs them. */
  private draw(): void {
    this.links.replaceChildren();
    const shown = this.all ? this.bars.filter((bar) => !bar.classList.contains("is-trip")) : this.selected ? [this.selected] : [];
    if (!shown.length) return;
    this.links.setAttribute("width", String(this.body.clientWidth));
    this.links.setAttribute("height", String(this.body.clientHeight));
    this.links.append(arrowHead());
    const origin = this.links.getBoundingClientRect().left - this.body.getBoundingClientRect().left;
    const seen = new Set<string>();
    for (const bar of shown) {
      const own = bar.dataset.key ?? "";
      const pairs = [
        ...keys(bar, "before").map((key) => [key, own] as const),
        ...keys(bar, "after").map((key) => [own, key] as const),
      ];
      for (const [from, to] of pairs) {
        const giver = this.byKey.get(from);
        const taker = this.byKey.get(to);
        if (!giver || !taker || seen.has(`${from}>${to}`)) continue;
        seen.add(`${from}>${to}`);
        this.links.append(elbow(this.place(giver), this.place(taker), origin, this.all));
      }
    }
  }
}

/** A click before the page is whole would not be asked of the server. */
function whenLoaded(then: () => void): void {
  if (document.readyState === "complete") then();
  else window.addEventListener("load", then, { once: true });
}

function keys(bar: HTMLElement, side: "before" | "after"): string[] {
  return (bar.dataset[side] ?? "").split(" ").filter(Boolean);
}

function arrowHead(): SVGElement {
  const defs = document.createElementNS(SVG, "defs");
  const marker = document.createElementNS(SVG, "marker");
  const attributes = { id: "gantt-arrow", viewBox: "0 0 8 8", refX: "7", refY: "4", markerWidth: "5", markerHeight: "5", orient: "auto" };
  for (const [name, value] of Object.entries(attributes)) marker.setAttribute(name, value);
  const head = document.createElementNS(SVG, "path");
  head.setAttribute("d", "M0 0L8 4L0 8z");
  marker.append(head);
  defs.append(marker);
  return defs;
}

function elbow(giver: Place, taker: Place, origin: number, faint: boolean): SVGElement {
  const x1 = giver.x + giver.width - origin;
  const y1 = giver.y + giver.height / 2;
  const x2 = taker.x - origin;
  const y2 = taker.y + taker.height / 2;
  const turn = Math.max(x1 + 6, Math.min(x2 - 6, (x1 + x2) / 2));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M${x1} ${y1}H${turn}V${y2}H${x2}`);
  path.setAttribute("marker-end", "url(#gantt-arrow)");
  if (faint) path.setAttribute("class", "is-precedence");
  return path;
}

function wake(within: ParentNode): void {
  within.querySelectorAll<HTMLElement>('[data-island="gantt"]:not([data-awake])').forEach((root) => {
    root.dataset.awake = "true";
    new Gantt(root);
  });
}

wake(document);
document.body.addEventListener("htmx:afterSettle", (event) => wake(event.target as HTMLElement));
