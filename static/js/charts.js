// Draws the charts of a page from the data beside them. The table under each chart says the same without scripts.
// Colours come from the style sheet; the tooltip is drawn on the canvas, because the policy allows no inline styles.
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const text = { color: colour("--jb-ink-soft"), fontFamily: getComputedStyle(document.body).fontFamily };
const palette = ["--jb-indigo", "--jb-gold", "--jb-cinnabar", "--jb-slate"].map(colour);
const axis = { axisLabel: text, axisLine: { lineStyle: { color: colour("--jb-line") } } };
const common = {
  color: palette,
  textStyle: text,
  animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  tooltip: { renderMode: "richText", trigger: "axis" },
  grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
};

function bars({ names, values }) {
  return {
    ...common,
    grid: { ...common.grid, top: 8 },
    xAxis: { type: "value", minInterval: 1, ...axis },
    yAxis: {
      type: "category",
      inverse: true,
      data: names,
      ...axis,
      axisLabel: { ...text, width: 120, overflow: "truncate" },
    },
    series: [{ type: "bar", data: values, barMaxWidth: 22 }],
  };
}

function lines({ names, series }) {
  return {
    ...common,
    legend: { textStyle: text, top: 0 },
    xAxis: { type: "category", data: names, ...axis },
    yAxis: { type: "value", minInterval: 1, ...axis },
    series: Object.entries(series).map(([name, data]) => ({ name, data, type: "line", symbolSize: 5 })),
  };
}

// Several bars for each name, such as before and after.
function groups({ names, series }) {
  const one = bars({ names, values: [] });
  return {
    ...one,
    grid: common.grid,
    yAxis: { ...one.yAxis, axisLabel: { ...one.yAxis.axisLabel, overflow: "break" } },
    legend: { textStyle: text, top: 0 },
    series: Object.entries(series).map(([name, data]) => ({ name, data, type: "bar", barMaxWidth: 16 })),
  };
}

function columns({ names, values }) {
  return {
    ...common,
    grid: { ...common.grid, top: 16 },
    xAxis: { type: "category", data: names, ...axis, axisLabel: { ...text, rotate: names.length > 6 ? 40 : 0 } },
    yAxis: { type: "value", minInterval: 1, ...axis },
    series: [{ type: "bar", data: values, barMaxWidth: 48 }],
  };
}

// Names that stand below each other need room each: a chart of fifteen districts in the height of six cannot be read.
const ROOM = { bars: 2, groups: 3 };
const ROOM_AROUND = 4;
const TALLEST = 200;
const drawings = { bars, columns, groups, lines };
for (const place of document.querySelectorAll("[data-chart]")) {
  const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  place.classList.add("jb-chart__picture--drawn");
  place.dataset.rows = Math.min(told.names.length, 8);
  const wanted = (ROOM[told.kind] ?? 0) * told.names.length + ROOM_AROUND;
  if (wanted > 16) place.style.height = `${Math.min(wanted, TALLEST)}rem`;
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(drawings[told.kind](told));
  new ResizeObserver(() => chart.resize()).observe(place);
}
