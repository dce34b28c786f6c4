// The map island: brings the server's drawing of a region to life. Used by the pages of the network and of planning.
//
// <div class="map" data-island="map" data-source="ID" [data-table="ID"] data-word-…="…">fallback SVG</div>
// ID names a <script type="application/json"> holding MapData. Rows of the table carry data-map-key; what is chosen on
// the map is marked there, and the other way round. Choosing sends the event "map:choose" with {key} from the element;
// "map:show" with {key} sent to the element chooses from outside.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "./map.css";

/** A place. Round: member, orange round: alone holds something, diamond: hub, black square: buyer. */
interface Feature {
  key: string;
  kind: "member" | "hub" | "buyer";
  name: string;
  latitude: number;
  longitude: number;
  detail?: string;
  place?: string;
  single?: boolean;
  own?: boolean;
  url?: string | null;
}

/** Goods going from one place to another. Width says weight (0 to 1); dashed: outside town; double: selected. */
interface Flow {
  from: string;
  to: string;
  label: string;
  weight: number;
  outside?: boolean;
  selected?: boolean;
}

interface MapData {
  basemap: string | null;
  features: Feature[];
  flows: Flow[];
}

interface Outline {
  features: GeoJSON.Feature<GeoJSON.Geometry, Known>[];
}

interface Known {
  kind: string;
  name: string;
  name_en: string;
  class?: string;
}

type Group = { features: Feature[]; at: L.LatLng };

const GROUP_WITHIN = 44; // pixels: closer members share one mark
const NAMES_FROM = 12; // zoom from which every place carries its name; a few places always do
const A_FEW = 15;
const DETAILS_FROM = 11.5; // zoom from which stations and places are named

/** From the ground up; districts are drawn last so that their dotted lines stay visible. */
const LAYERS: Record<string, L.PathOptions> = {
  land: { className: "map-land", stroke: true, weight: 1.5, fill: true },
  hill: { className: "map-hill", stroke: false, fill: true },
  river: { className: "map-river", weight: 8 },
  road: { className: "map-road", weight: 5 },
  rail: { className: "map-rail", weight: 3 },
  district: { className: "map-district", weight: 1, fill: false },
};

const SIGNS: Record<Feature["kind"], string> = {
  member:
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 21V10l6 4v-4l6 4V5h5v16z"/></svg>',
  hub: "<span>H</span>",
  buyer:
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 21V4M6 5h11l-2.500 3.500L17 12H6"/></svg>',
};

/** Where a name may stand: its side, and which way that is across and down. */
const SIDES = [
  ["above", 0, -1],
  ["below", 0, 1],
  ["right", 1, 0],
  ["left", -1, 0],
] as const;

const ruler = document.createElement("canvas").getContext("2d");

function nameWidth(name: string): number {
  if (!ruler) return 14 * name.length;
  ruler.font = `700 14px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(name).width + 6;
}

function around(point: L.Point, width: number, height: number): L.Bounds {
  return L.bounds(point.subtract([width / 2, height / 2]), point.add([width / 2, height / 2]));
}

class RegionMap {
  private readonly map: L.Map;
  private readonly marks = L.layerGroup();
  private readonly lines = L.layerGroup();
  private readonly names = L.layerGroup();
  private readonly details = L.layerGroup();
  private named: { feature: Feature; at: L.LatLng }[] = [];
  private readonly byKey = new Map<string, Feature>();
  private readonly rows = new Map<string, HTMLElement>();
  private chosen = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly data: MapData,
  ) {
    for (const feature of data.features) this.byKey.set(feature.key, feature);
    root.replaceChildren();
    this.map = L.map(root, {
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0.25,
      minZoom: 9,
      maxZoom: 16,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    L.control.zoom({ zoomInTitle: this.word("in"), zoomOutTitle: this.word("out") }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    root.setAttribute("role", "application");
    root.setAttribute("aria-label", this.word("map"));
    for (const layer of [this.lines, this.names, this.marks]) layer.addTo(this.map);
    this.map.on("zoomend", () => this.draw());
    this.followTable();
    root.addEventListener("map:show", (event) => this.choose((event as CustomEvent<{ key: string }>).detail.key, true));
  }

  async start(): Promise<void> {
    const bounds = L.latLngBounds(this.foreground().map(({ latitude, longitude }) => [latitude, longitude]));
    if (this.data.basemap) {
      const answer = await fetch(this.data.basemap, { headers: { Accept: "application/json" } });
      if (answer.ok) this.outline((await answer.json()) as Outline);
    }
    if (bounds.isValid()) this.map.fitBounds(bounds.pad(0.15), { maxZoom: 13 });
    else this.map.setView([35, 135], 9);
    this.draw();
  }

  /** What the first view holds: the places between which goods move, else all but far customers. */
  private foreground(): Feature[] {
    const moved = new Set(this.data.flows.flatMap(({ from, to }) => [from, to]));
    const found = this.data.features.filter(({ key, kind }) => (moved.size ? moved.has(key) : kind !== "buyer"));
    return found.length ? found : this.data.features;
  }

  private outline({ features }: Outline): void {
    const sea = this.map.createPane("sea");
    sea.style.zIndex = "200";
    for (const [kind, style] of Object.entries(LAYERS)) {
      const shapes = features.filter(({ properties }) => properties.kind === kind);
      L.geoJSON(shapes as GeoJSON.Feature[], {
        pane: "sea",
        interactive: false,
        style: (shape) => (isMinorRoad(shape) ? { ...style, className: "map-road-minor", weight: 3 } : style),
      }).addTo(this.map);
    }
    const english = !document.documentElement.lang.startsWith("ja");
    for (const { geometry, properties } of features) {
      const at = labelPlace(geometry, properties.kind);
      if (!at) continue;
      const label = text("span", english ? properties.name_en : properties.name);
      const css = `map-name map-name-${properties.kind}`;
      const marker = L.marker(at, { interactive: false, keyboard: false, icon: icon(css, label, [0, 0]) });
      marker.addTo(properties.kind === "station" || properties.kind === "place" ? this.details : this.map);
    }
  }

  private draw(): void {
    const focused = this.root.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.mapKey
      : undefined;
    for (const layer of [this.marks, this.lines, this.names]) layer.clearLayers();
    if (this.map.getZoom() >= DETAILS_FROM) this.details.addTo(this.map);
    else this.details.remove();
    for (const flow of this.data.flows) this.drawFlow(flow);
    this.named = [];
    for (const group of this.groups()) this.drawGroup(group);
    this.drawNames();
    if (focused) this.root.querySelector<HTMLElement>(`[data-map-key="${CSS.escape(focused)}"]`)?.focus();
  }

  /** Members that would overlap share a mark; hub, buyers and whatever is chosen or moved stay on their own. */
  private groups(): Group[] {
    const inFlow = new Set(this.data.flows.flatMap(({ from, to }) => [from, to]));
    const found: (Group & { point: L.Point; alone: boolean })[] = [];
    for (const feature of this.data.features) {
      const at = L.latLng(feature.latitude, feature.longitude);
      const point = this.map.latLngToLayerPoint(at);
      const alone = feature.kind !== "member" || feature.key === this.chosen || inFlow.has(feature.key);
      const near = alone ? undefined : found.find((g) => !g.alone && g.point.distanceTo(point) < GROUP_WITHIN);
      if (near) near.features.push(feature);
      else found.push({ features: [feature], at, point, alone });
    }
    return found;
  }

  private drawGroup({ features, at }: Group): void {
    const [first] = features;
    if (!first) return;
    if (features.length === 1) return this.drawFeature(first, at);
    const single = features.some((feature) => feature.single);
    const name = `${this.word("group").replace("{count}", String(features.length))}: ${features.map((f) => f.name).join(", ")}`;
    const mark = text("span", String(features.length), `map-marker is-group${single ? " is-single" : ""}`);
    const middle = L.latLngBounds(features.map((f) => [f.latitude, f.longitude])).getCenter();
    const marker = this.place(middle, mark, name, 36);
    marker.on("click keypress", (event) => {
      if (!pressed(event)) return;
      this.map.fitBounds(L.latLngBounds(features.map((f) => [f.latitude, f.longitude])).pad(0.4));
    });
  }

  private drawFeature(feature: Feature, at: L.LatLng): void {
    const classes = ["map-marker", `is-${feature.kind}`];
    if (feature.single) classes.push("is-single");
    if (feature.key === this.chosen) classes.push("is-selected");
    const mark = document.createElement("span");
    mark.className = classes.join(" ");
    mark.innerHTML = SIGNS[feature.kind];
    const marker = this.place(at, mark, this.sentence(feature), 28).setZIndexOffset(feature.kind === "member" ? 0 : 1000);
    const element = marker.getElement();
    if (element) element.dataset.mapKey = feature.key;
    const named = this.data.features.length <= A_FEW || this.map.getZoom() >= NAMES_FROM;
    if (named || feature.kind !== "member" || feature.key === this.chosen) this.named.push({ feature, at });
    marker.bindPopup(() => this.popup(feature), { closeButton: true });
    marker.on("popupopen", () => this.choose(feature.key, false));
  }

  /** Names go above their mark, else to another side where they cover nothing; a member's that fits nowhere is left out. */
  private drawNames(): void {
    const taken = this.named.map(({ at }) => around(this.map.latLngToLayerPoint(at), 28, 28));
    const first = (feature: Feature) => feature.key === this.chosen || feature.kind !== "member";
    for (const { feature, at } of this.named.sort((a, b) => Number(first(b.feature)) - Number(first(a.feature)))) {
      const point = this.map.latLngToLayerPoint(at);
      const width = nameWidth(feature.name);
      const free = SIDES.find(([, across, down]) => {
        const box = around(point.add([across * (width / 2 + 17), down * 26]), width, 18);
        return !taken.some((other) => other.overlaps(box)) && taken.push(box);
      });
      const side = free ?? (first(feature) ? SIDES[0] : undefined);
      if (!side) continue;
      const css = `map-name map-name-strong is-${side[0]}`;
      L.marker(at, { interactive: false, keyboard: false, icon: icon(css, text("span", feature.name), [0, 0]) }).addTo(
        this.names,
      );
    }
  }

  private place(at: L.LatLng, mark: HTMLElement, name: string, size: number): L.Marker {
    const marker = L.marker(at, { icon: icon("map-spot", mark, [size / 2, size / 2], size), keyboard: true, title: name });
    marker.addTo(this.marks);
    const element = marker.getElement();
    element?.setAttribute("aria-label", name);
    return marker;
  }

  private sentence(feature: Feature): string {
    const parts = [feature.name, this.word(feature.kind), feature.place, feature.detail];
    if (feature.single) parts.push(this.word("single"));
    return parts.filter(Boolean).join(", ");
  }

  private popup(feature: Feature): HTMLElement {
    const box = document.createElement("div");
    box.append(text("b", feature.name));
    for (const line of [feature.place, feature.detail, feature.single ? this.word("single") : ""]) {
      if (line) box.append(document.createElement("br"), line);
    }
    if (feature.url) {
      const link = text("a", this.word("open")) as HTMLAnchorElement;
      link.href = feature.url;
      box.append(document.createElement("br"), link);
    }
    return box;
  }

  /** A curve with a white edge, an arrow head and a pill; the selected one is double. */
  private drawFlow(flow: Flow): void {
    const from = this.byKey.get(flow.from);
    const to = this.byKey.get(flow.to);
    if (!from || !to) return;
    const points = bend(
      this.map.latLngToLayerPoint([from.latitude, from.longitude]),
      this.map.latLngToLayerPoint([to.latitude, to.longitude]),
    );
    const path = points.map((point) => this.map.layerPointToLatLng(point));
    const width = 2.5 + 4 * Math.min(Math.max(flow.weight, 0), 1);
    const state = `${flow.outside ? " is-outside" : ""}${flow.selected ? " is-selected" : ""}`;
    const line = (className: string, weight: number) =>
      L.polyline(path, { className, weight, fill: false, interactive: false, smoothFactor: 0 }).addTo(this.lines);
    for (const [css, weight] of [["map-flow-halo", width + 4], [`map-flow${state}`, width]] as const) {
      line(css, weight).getElement()?.setAttribute("style", `--weight:${width}`);
    }
    if (flow.selected) line("map-flow-core", 2.5);
    const end = points[points.length - 1];
    const before = points[points.length - 3];
    const middle = points[points.length >> 1];
    if (!end || !before || !middle) return;
    const turn = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
    const head = text("span", "", `map-arrow${state}`);
    head.style.rotate = `${turn}deg`;
    this.still(this.map.layerPointToLatLng(end), "map-spot", head);
    this.still(this.map.layerPointToLatLng(middle), "map-spot", text("span", flow.label, `map-flow-pill${state}`));
  }

  private still(at: L.LatLng, className: string, mark: HTMLElement): void {
    L.marker(at, { interactive: false, keyboard: false, icon: icon(className, mark, [0, 0]) }).addTo(this.lines);
  }

  private choose(key: string, fly: boolean): void {
    if (key === this.chosen) return;
    this.rows.get(this.chosen)?.removeAttribute("aria-current");
    this.chosen = key;
    const row = this.rows.get(key);
    row?.setAttribute("aria-current", "true");
    const feature = this.byKey.get(key);
    if (!feature) return;
    if (fly) this.map.panTo([feature.latitude, feature.longitude]);
    else row?.scrollIntoView({ block: "nearest" });
    for (const mark of this.root.querySelectorAll<HTMLElement>(".map-marker.is-selected")) mark.classList.remove("is-selected");
    const spot = this.root.querySelector(`[data-map-key="${CSS.escape(key)}"] .map-marker`);
    if (spot) spot.classList.add("is-selected");
    else this.draw();
    this.root.dispatchEvent(new CustomEvent("map:choose", { bubbles: true, detail: { key } }));
  }

  /** The table beside: pointing at a row or reaching it by keyboard chooses the place. */
  private followTable(): void {
    const table = document.getElementById(this.root.dataset.table ?? "");
    for (const row of table?.querySelectorAll<HTMLElement>("[data-map-key]") ?? []) {
      const key = row.dataset.mapKey ?? "";
      this.rows.set(key, row);
      for (const event of ["mouseenter", "focusin"]) row.addEventListener(event, () => this.choose(key, true));
    }
  }

  private word(name: string): string {
    return this.root.dataset[`word${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? "";
  }
}

function isMinorRoad(shape: GeoJSON.Feature | undefined): boolean {
  const kind = (shape?.properties as Known | undefined)?.class;
  return kind === "prefectural" || kind === "local";
}

function labelPlace(geometry: GeoJSON.Geometry, kind: string): L.LatLngExpression | null {
  if (geometry.type === "Point") return toLatLng(geometry.coordinates);
  if (kind !== "district" || geometry.type !== "Polygon") return null;
  return L.polygon((geometry.coordinates[0] ?? []).map(toLatLng)).getBounds().getCenter();
}

function toLatLng(position: GeoJSON.Position): L.LatLngTuple {
  return [position[1] ?? 0, position[0] ?? 0];
}

/** Points of a flat curve, bending to the left of its direction so that there and back do not lie on one another. */
function bend(from: L.Point, to: L.Point): L.Point[] {
  const middle = L.point((from.x + to.x) / 2 + (to.y - from.y) * 0.16, (from.y + to.y) / 2 - (to.x - from.x) * 0.16);
  const gap = 18 / Math.max(from.distanceTo(to), 40); // the marks stay free
  return Array.from({ length: 25 }, (_, n) => {
    const t = gap + (n / 24) * (1 - 2 * gap);
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return L.point(a * from.x + b * middle.x + c * to.x, a * from.y + b * middle.y + c * to.y);
  });
}

function pressed(event: L.LeafletEvent): boolean {
  const original = (event as L.LeafletKeyboardEvent).originalEvent;
  return original.type !== "keypress" || original.key === "Enter";
}

function text(tag: string, words: string, className = ""): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = words;
  if (className) element.className = className;
  return element;
}

function icon(className: string, html: HTMLElement, anchor: [number, number], size?: number): L.DivIcon {
  return L.divIcon({ className, html, iconAnchor: anchor, iconSize: size ? [size, size] : [0, 0] });
}

for (const root of document.querySelectorAll<HTMLElement>('[data-island="map"]')) {
  const source = document.getElementById(root.dataset.source ?? "");
  if (source?.textContent) void new RegionMap(root, JSON.parse(source.textContent) as MapData).start();
}
