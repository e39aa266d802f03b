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

const drawings = { bars, columns, groups, lines };
for (const place of document.querySelectorAll("[data-chart]")) {
  const told = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  place.classList.add("jb-chart__picture--drawn");
  place.dataset.rows = Math.min(told.names.length, 8);
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(drawings[told.kind](told));
  new ResizeObserver(() => chart.resize()).observe(place);
}
