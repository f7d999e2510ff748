// Shows the JSON reports inside the page. Text of a report reaches the page as textContent only.
(function () {
  "use strict";

  const UNKNOWN = "–";
  const COLORS_LIGHT = ["#0067b0", "#c04d00", "#00765a", "#a8327d", "#6b5d00", "#5b4db8", "#555f6b"];
  const COLORS_DARK = ["#6ab7f5", "#f5a35e", "#36cfa6", "#ec93cb", "#d9cc5a", "#b3a8f7", "#aab4bf"];
  const SHAPES = ["circle", "triangle", "rect", "rectRot", "star", "crossRot", "cross"];
  const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
  const LINES_AT_FIRST = 8;
  const RECORDINGS_AT_FIRST = 50;
  // Safari draws no canvas of more than 16384 pixels, and many screens have two of them per unit.
  const MAX_CHART_HEIGHT = 8000;
  // Myers' algorithm keeps the square of this many numbers; texts that differ more are shown without marks.
  const MAX_EDITS = 1500;

  // ---- Small helpers ----

  function list(value) {
    return Array.isArray(value) ? value : [];
  }

  function object(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  }

  function number(value) {
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  }

  function distinct(values) {
    return Array.from(new Set(values));
  }

  function median(values) {
    const sorted = values.slice().sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  // Creates an element. Children are elements or texts; null is left out.
  function element(tag, attributes, ...children) {
    const result = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "class") {
        result.className = value;
      } else if (value !== null && value !== undefined) {
        result.setAttribute(name, value);
      }
    }
    for (const child of children) {
      if (child !== null && child !== undefined) {
        result.append(child);
      }
    }
    return result;
  }

  function paragraph(text, style) {
    return element("p", { class: style || "" }, text);
  }

  // Long names break after a slash first.
  function breakable(name) {
    const result = document.createDocumentFragment();
    for (const part of name.match(/[^/]*\/?/g)) {
      result.append(part, element("wbr"));
    }
    return result;
  }

  // ---- Units ----

  function significant(value) {
    if (value === 0) {
      return "0";
    }
    const rounded = Number(value.toPrecision(3));
    const decimals = 2 - Math.floor(Math.log10(Math.abs(rounded)));
    return rounded.toFixed(Math.min(Math.max(decimals, 0), 9));
  }

  function seconds(value) {
    if (value === null) {
      return UNKNOWN;
    }
    return Math.abs(value) < 0.9995 ? significant(value * 1000) + "\u00a0ms" : significant(value) + "\u00a0s";
  }

  function duration(value) {
    if (value === null || value < 120) {
      return seconds(value);
    }
    const whole = Math.round(value);
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    return hours > 0 ? hours + " h " + minutes + " min" : minutes + " min " + (whole % 60) + " s";
  }

  function bytes(value) {
    if (value === null) {
      return UNKNOWN;
    }
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    const unit = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1);
    return significant(value / 1024 ** unit) + "\u00a0" + units[unit];
  }

  function percent(value) {
    return value === null ? UNKNOWN : (value * 100).toFixed(1) + "\u00a0%";
  }

  function times(value) {
    return value === null ? UNKNOWN : significant(value) + "×";
  }

  function counted(count, noun) {
    return count + " " + noun + (count === 1 ? "" : "s");
  }

  // ---- Reports ----

  function readReports() {
    return Array.from(document.querySelectorAll('script[type="application/json"]'), (data) => ({
      text: data.textContent,
      data: JSON.parse(data.textContent),
    }));
  }

  // Names the machine of each report; the date tells two reports of one machine apart.
  function nameMachines(reports) {
    const chips = reports.map((report) => String(object(report.data.environment).chip || "unknown machine"));
    reports.forEach((report, i) => {
      const shared = chips.filter((chip) => chip === chips[i]).length > 1;
      report.machine = shared ? chips[i] + ", " + day(report.data.started_at) + " #" + (i + 1) : chips[i];
    });
  }

  function day(instant) {
    return String(instant || "").slice(0, 10);
  }

  function minute(instant) {
    return String(instant || "").slice(0, 16).replace("T", " ") + " UTC";
  }

  function rowsOf(report) {
    const results = list(report.data.results);
    const pareto = new Set(list(report.data.pareto));
    return results.map((result) => rowOf(report, result, pareto));
  }

  function rowOf(report, result, pareto) {
    const settings = object(report.data.settings);
    const name = String(result.candidate || result.implementation);
    const candidate = object(list(settings.candidates).find((of) => of.name === name));
    const parameters = object(result.parameters);
    const interval = intervalOf(result);
    const audioSeconds = number(settings.audio_seconds);
    const speedOf = (time) => (time > 0 && audioSeconds !== null ? audioSeconds / time : null);
    return {
      report,
      result,
      name,
      parameters,
      interval,
      machine: report.machine,
      measured: result.status === "measured",
      implementation: String(result.implementation),
      model: String(object(result.model).name || parameters.model || candidate.model || settings.model || ""),
      type: parameters.compute_type || null,
      device: parameters.device || null,
      speed: number(result.speed),
      speedLow: interval && speedOf(interval.high),
      speedHigh: interval && speedOf(interval.low),
      median: number(object(result.statistics).median_seconds),
      rank: rankOf(result.rank),
      error: number(result.word_error_rate) ?? number(result.character_error_rate),
      silence: number(result.silent_words_per_minute),
      memory: number(result.peak_memory_bytes),
      load: number(result.load_seconds),
      cold: number(result.cold_start_seconds),
      first: number(result.first_run_seconds),
      runs: list(result.run_seconds).map(Number),
      audios: list(result.audios),
      pareto: pareto.has(name),
    };
  }

  // A report without intervals of the median gives its extremes instead.
  function intervalOf(result) {
    const interval = object(result.median_interval);
    if (number(interval.low_seconds) !== null && number(interval.high_seconds) !== null) {
      // With few runs the range of the times is all there is, and it covers the median less often than the level says.
      const level = number(interval.level);
      const coverage = number(interval.coverage);
      return {
        low: interval.low_seconds,
        high: interval.high_seconds,
        level: coverage !== null && coverage < level ? null : level,
      };
    }
    const statistics = object(result.statistics);
    const low = number(statistics.min_seconds);
    const high = number(statistics.max_seconds);
    return low === null || high === null || statistics.count < 2 ? null : { low, high, level: null };
  }

  function rankOf(rank) {
    const best = number(object(rank).best);
    return best === null ? null : { best, worst: number(rank.worst) ?? best };
  }

  // A report without a Pareto front gets it from its speeds and error rates.
  function markPareto(report, rows) {
    if (Array.isArray(report.data.pareto)) {
      return;
    }
    const known = rows.filter((row) => row.measured && row.error !== null && row.speed !== null);
    for (const row of known) {
      row.pareto = !known.some(
        (other) =>
          other.speed >= row.speed && other.error <= row.error && (other.speed > row.speed || other.error < row.error),
      );
    }
  }

  function fastestFirst(a, b) {
    return (b.speed ?? -1) - (a.speed ?? -1);
  }

  // ---- Appearance of candidates: the color tells the implementation, shape and dashes tell candidates of it apart ----

  function assignLooks(rows) {
    const implementations = distinct(rows.map((row) => row.implementation)).sort();
    const counts = new Map();
    for (const row of rows) {
      const count = counts.get(row.implementation) || 0;
      counts.set(row.implementation, count + 1);
      const index = implementations.indexOf(row.implementation);
      row.color = index % COLORS_LIGHT.length;
      row.shape = SHAPES[index % SHAPES.length];
      row.dash = DASHES[count % DASHES.length];
    }
  }

  function isDark() {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function palette() {
    const styles = getComputedStyle(document.documentElement);
    return {
      series: isDark() ? COLORS_DARK : COLORS_LIGHT,
      text: styles.getPropertyValue("--text").trim(),
      muted: styles.getPropertyValue("--muted").trim(),
      line: styles.getPropertyValue("--line").trim(),
      background: styles.getPropertyValue("--background").trim(),
      accent: styles.getPropertyValue("--accent").trim(),
    };
  }

  // ---- Tables ----

  // Columns have: label, value (for sorting), cell (text or element), and number. Rows without a value stay at the end.
  function sortableTable(caption, columns, rows, sorted) {
    const body = element("tbody");
    const headings = columns.map((column) => heading(column, (descending) => fill(column, descending)));
    function fill(column, descending) {
      headings.forEach((of) => of.removeAttribute("aria-sort"));
      headings[columns.indexOf(column)].setAttribute("aria-sort", descending ? "descending" : "ascending");
      const ordered = rows.slice().sort((a, b) => compare(column.value(a), column.value(b), descending));
      body.replaceChildren(...ordered.map((row) => tableRow(columns, row)));
    }
    fill(sorted, Boolean(sorted.descending));
    const table = element("table", { "aria-label": caption }, element("thead", {}, element("tr", {}, ...headings)), body);
    return element("div", {}, paragraph(caption, "muted"), scrollable(caption, table));
  }

  function heading(column, sort) {
    const button = element("button", { type: "button", title: column.title || null }, breakable(column.label));
    const result = element("th", { scope: "col", class: column.number ? "number" : "" }, button);
    button.addEventListener("click", () => {
      const current = result.getAttribute("aria-sort");
      sort(current === null ? Boolean(column.descending) : current === "ascending");
    });
    return result;
  }

  function compare(a, b, descending) {
    if (a === null || b === null) {
      return (a === null) - (b === null);
    }
    const order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
    return descending ? -order : order;
  }

  function tableRow(columns, row) {
    return element(
      "tr",
      {},
      ...columns.map((column, i) => {
        const style = column.number ? "number" : column.style || "";
        return element(i === 0 ? "th" : "td", i === 0 ? { scope: "row", class: style } : { class: style }, column.cell(row));
      }),
    );
  }

  // A region that scrolls must be reachable with the keyboard.
  function scrollable(label, table) {
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
  }

  function factsTable(caption, facts) {
    const rows = facts.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)));
    return scrollable(caption, element("table", { class: "facts" }, element("tbody", {}, ...rows)));
  }

  // Turns nested objects into lines such as "vad options, threshold".
  function facts(value, prefix) {
    return Object.entries(object(value)).flatMap(([key, of]) => {
      const name = (prefix ? prefix + ", " : "") + key.replace(/_(seconds|bytes)$/, "").replace(/_/g, " ");
      if (of !== null && typeof of === "object" && !Array.isArray(of)) {
        const nested = facts(of, name);
        return nested.length > 0 ? nested : [[name, "none"]];
      }
      return [[name, factText(key, of)]];
    });
  }

  function factText(key, value) {
    if (Array.isArray(value)) {
      return value.map((of) => (typeof of === "object" ? JSON.stringify(of) : String(of))).join(" ") || "none";
    }
    if (value === null) {
      return UNKNOWN;
    }
    if (typeof value === "boolean") {
      return value ? "yes" : "no";
    }
    if (typeof value === "number" && key.endsWith("_seconds")) {
      return duration(value);
    }
    return typeof value === "number" && key.endsWith("_bytes") ? bytes(value) : String(value);
  }

  // ---- Charts ----

  const charts = [];

  // Draws a chart now and again after each change of the colors. The table of results has the same numbers for screen readers.
  function addChart(section, caption, label, height, configure) {
    const canvas = element("canvas", { role: "img", "aria-label": label });
    const box = element("div", { class: "canvas" }, canvas);
    box.style.height = height + "px";
    section.append(element("figure", {}, element("figcaption", {}, caption), box));
    const chart = { canvas, configure, height, drawn: null };
    charts.push(chart);
    draw(chart);
    return chart;
  }

  function draw(chart) {
    if (chart.drawn) {
      chart.drawn.destroy();
    }
    chart.drawn = new Chart(chart.canvas, chart.configure(palette()));
  }

  function drawAll() {
    charts.forEach(draw);
  }

  function axis(colors, title, more) {
    return Object.assign(
      {
        title: { display: true, text: title, color: colors.text },
        ticks: { color: colors.muted },
        grid: { color: colors.line },
        border: { color: colors.muted },
      },
      more,
    );
  }

  function baseOptions(colors, scales, tooltip) {
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      color: colors.text,
      scales,
      plugins: {
        legend: { display: false },
        tooltip: {
          backgroundColor: colors.text,
          titleColor: colors.background,
          bodyColor: colors.background,
          displayColors: false,
          callbacks: tooltip,
        },
      },
    };
  }

  function shortName(text, limit) {
    return text.length <= limit ? text : text.slice(0, limit * 0.6) + "…" + text.slice(text.length - limit * 0.35);
  }

  // Returns one or two lines; a name that does not fit a narrow page breaks at a slash or space.
  function axisLabel(row, several) {
    const limit = window.innerWidth < 640 ? 18 : 40;
    if (several) {
      return [shortName(row.name, limit), shortName(row.machine, limit)];
    }
    const start = row.name.slice(0, limit);
    const at = Math.max(start.lastIndexOf("/"), start.includes("/") ? 0 : start.lastIndexOf(" ")) + 1;
    return row.name.length <= limit || at <= 1
      ? [shortName(row.name, limit)]
      : [row.name.slice(0, at), shortName(row.name.slice(at), limit)];
  }

  function barHeight(rows, several) {
    const lines = Math.max(...rows.map((row) => axisLabel(row, several).length));
    return Math.min(rows.length * (lines > 1 ? 42 : 28) + 80, MAX_CHART_HEIGHT);
  }

  // Horizontal bars, one for each row, or several stacked parts of it.
  function barConfig(colors, rows, several, title, datasets, tooltip, stacked) {
    const y = {
      stacked,
      ticks: { color: colors.text, autoSkip: false, font: { size: 12 } },
      grid: { display: false },
      border: { color: colors.muted },
    };
    const options = baseOptions(colors, { x: axis(colors, title, { stacked, beginAtZero: true }), y }, tooltip);
    options.indexAxis = "y";
    options.interaction = { mode: "index", axis: "y", intersect: false };
    return { type: "bar", data: { labels: rows.map((row) => axisLabel(row, several)), datasets }, options };
  }

  function seriesColors(colors, rows) {
    return rows.map((row) => colors.series[row.color]);
  }

  function rowTitle(row, several) {
    return several ? [row.name, row.machine] : row.name;
  }

  // ---- Sections ----

  function showTitle(view) {
    const models = distinct(view.reports.flatMap((report) => String(object(report.data.settings).model || "").split(",")));
    const title = "Whisper Speedtest: " + models.join(", ");
    document.title = title;
    document.getElementById("title").textContent = title;
    document.getElementById("subtitle").textContent = view.several
      ? counted(view.reports.length, "report") + ": " + view.reports.map((report) => report.machine).join("; ")
      : subtitle(view.reports[0]);
    document.getElementById("verdict").append(...view.reports.map((report) => verdict(view, report)));
  }

  function subtitle(report) {
    const environment = object(report.data.environment);
    const audios = list(object(report.data.settings).audios);
    return [
      minute(report.data.started_at),
      report.machine,
      counted(environment.cores, "core"),
      bytes(number(environment.memory_bytes)),
      environment.os,
      counted(audios.length, "recording") + " of " + duration(number(object(report.data.settings).audio_seconds)),
    ].join(" · ");
  }

  function verdict(view, report) {
    const text = report.data.verdict ? String(report.data.verdict) : fastestSentence(report);
    return element("span", {}, view.several ? element("b", {}, report.machine + ": ") : null, text, element("br"));
  }

  function fastestSentence(report) {
    const fastest = report.rows.filter((row) => row.measured && row.speed !== null).sort(fastestFirst)[0];
    return fastest
      ? fastest.name + " is the fastest: " + times(fastest.speed) + " real time, median " + seconds(fastest.median) + "."
      : "No candidate was measured.";
  }

  function nameCell(row) {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.backgroundColor = (isDark() ? COLORS_DARK : COLORS_LIGHT)[row.color];
    swatch.dataset.color = row.color;
    const cell = document.createDocumentFragment();
    cell.append(swatch, breakable(row.name));
    if (row.pareto && row.error !== null) {
      cell.append(element("small", {}, "on the Pareto front"));
    }
    return cell;
  }

  function deviceCell(row) {
    const cell = document.createDocumentFragment();
    cell.append(row.device || UNKNOWN);
    if (row.parameters.device_differs) {
      cell.append(element("small", { class: "problem" }, "⚠ not " + row.parameters.requested_device + " as requested"));
    }
    if (row.parameters.fallback) {
      cell.append(element("small", { class: "problem" }, "⚠ " + row.parameters.fallback));
    }
    return cell;
  }

  function medianCell(row) {
    const cell = document.createDocumentFragment();
    cell.append(seconds(row.median));
    if (row.interval) {
      cell.append(element("small", {}, seconds(row.interval.low) + " – " + seconds(row.interval.high)));
    }
    return cell;
  }

  function rankCell(row) {
    if (row.rank) {
      return row.rank.best === row.rank.worst ? String(row.rank.best) : row.rank.best + "–" + row.rank.worst;
    }
    const reason = row.result.unranked_reason;
    return reason ? element("small", { class: "reason" }, "not ranked: " + reason) : UNKNOWN;
  }

  function speedCell(row) {
    return row.measured ? times(row.speed) : element("span", { class: "problem" }, failureName(row));
  }

  function failureName(row) {
    return row.result.status === "failed"
      ? "failed: " + String(row.result.category || "").replace(/_/g, " ")
      : String(row.result.status);
  }

  // Languages that do not separate words have no word error rate.
  function errorLabel(view) {
    const words = view.rows.some((row) => number(row.result.word_error_rate) !== null);
    return words || view.rows.every((row) => row.error === null) ? "Word error rate" : "Character error rate";
  }

  function resultColumns(view) {
    const level = levelText(view);
    const columns = [
      { label: "Candidate", value: (row) => row.name, cell: nameCell, style: "name candidate" },
      { label: "Machine", value: (row) => row.machine, cell: (row) => row.machine, style: "text", shown: view.several },
      { label: "Rank", value: (row) => row.rank && row.rank.best + row.rank.worst / 1e6, cell: rankCell,
        title: "A range means that the measurements do not separate the candidates",
        shown: view.rows.some((row) => row.rank || row.result.unranked_reason) },
      { label: "Speed", value: (row) => row.speed, cell: speedCell, number: true, descending: true,
        title: "Seconds of audio per second of computing" },
      { label: "Median", value: (row) => row.median, cell: medianCell, number: true, title: "Median time of a run and " + level },
      { label: errorLabel(view), value: (row) => row.error, cell: (row) => percent(row.error), number: true },
      { label: "Words in silence", value: (row) => row.silence, cell: (row) => row.silence === null ? UNKNOWN : String(row.silence),
        number: true, title: "Words in a minute of silence and noise" },
      { label: "Memory", value: (row) => row.memory, cell: (row) => bytes(row.memory), number: true, title: "Peak memory of the process" },
      { label: "Load", value: (row) => row.load, cell: (row) => seconds(row.load), number: true, title: "Loading the model" },
      { label: "Cold start", value: (row) => row.cold, cell: (row) => seconds(row.cold), number: true,
        title: "From the start of the process until the model is loaded" },
      { label: "First run", value: (row) => row.first, cell: (row) => seconds(row.first), number: true },
      { label: "Device", value: (row) => row.device, cell: deviceCell, style: "text device" },
      { label: "Type", value: (row) => row.type, cell: (row) => row.type || UNKNOWN },
      { label: "Implementation", value: (row) => row.implementation, cell: (row) => row.implementation },
      { label: "Model", value: (row) => row.model, cell: (row) => row.model, style: "text" },
    ];
    return columns.filter((column) =>
      column.shown ?? (column.label === "Speed" || view.rows.some((row) => column.value(row) !== null)));
  }

  function levelText(view) {
    const levels = distinct(view.measured.filter((row) => row.interval).map((row) => row.interval.level));
    return levels.length === 1 && levels[0] !== null
      ? "its " + percentWhole(levels[0]) + " confidence interval"
      : levels.includes(null) && levels.length === 1
        ? "the fastest and the slowest run"
        : "its confidence interval, or the fastest and the slowest run";
  }

  function percentWhole(level) {
    return Number((level * 100).toPrecision(3)) + "\u00a0%";
  }

  function showCandidates(view, section) {
    if (view.rows.length === 0) {
      section.append(paragraph("The report has no results.", "note"));
      return;
    }
    const columns = resultColumns(view);
    const caption = "Select a heading to sort. Speed is seconds of audio per second of computing. Below the median is "
      + levelText(view) + ".";
    section.append(sortableTable(caption, columns, view.rows, columns.find((column) => column.label === "Speed")));
    const failed = view.rows.length - view.measured.length;
    if (failed > 0) {
      section.append(paragraph(counted(failed, "candidate") + " could not be measured; see “Failures”."));
    }
    showDetails(view, section);
  }

  function showDetails(view, section) {
    if (view.measured.length === 0) {
      return;
    }
    const all = element("details", {}, element("summary", {}, "Exactly what ran: engine, weights and options of each candidate"));
    for (const row of view.measured) {
      const label = view.several ? row.name + " on " + row.machine : row.name;
      const result = row.result;
      all.append(
        element("h3", {}, label),
        factsTable(label, [
          ...facts({ version: result.version, ...row.parameters }),
          ...modelFacts(object(result.model)),
          ...facts(result.options, "option"),
          ...facts(result.timings, "stage"),
        ]),
      );
    }
    section.append(all);
  }

  function modelFacts(model) {
    const { files, ...others } = model;
    const lines = list(files).map((file) => ["file " + file.name, fileText(file)]);
    return [...facts(others, "weights"), ...lines];
  }

  function fileText(file) {
    return [file.path, bytes(number(file.bytes)), file.sha256 ? "sha256 " + file.sha256 : null].filter(Boolean).join(", ");
  }

  function showMachines(view, section) {
    if (!view.several) {
      section.remove();
      return;
    }
    const names = distinct(view.rows.map((row) => row.name));
    const rows = names.map((name) => ({ name, cells: view.reports.map((report) => report.rows.find((row) => row.name === name)) }));
    const fastest = view.reports.map((report) => Math.max(...report.rows.map((row) => row.speed ?? 0)));
    const columns = [
      { label: "Candidate", value: (row) => row.name, cell: (row) => breakable(row.name), style: "name" },
      ...view.reports.map((report, i) => ({
        label: report.machine,
        descending: true,
        number: true,
        value: (row) => row.cells[i]?.speed ?? null,
        cell: (row) => machineCell(row.cells[i], fastest[i]),
      })),
    ];
    const caption = "Speed of each candidate on each machine; ★ marks the fastest of a machine.";
    section.append(sortableTable(caption, columns, rows, columns[1]));
    if (distinct(view.reports.map((report) => recordingKeys(report).join("\n"))).length > 1) {
      const warning = "⚠ The reports do not have the same recordings. Speeds and error rates depend on the recordings.";
      section.append(paragraph(warning, "note"));
    }
  }

  function machineCell(row, fastest) {
    if (!row) {
      return element("span", { class: "muted" }, "not run");
    }
    if (!row.measured) {
      return speedCell(row);
    }
    const cell = element("span", {}, (row.speed === fastest ? "★ " : "") + times(row.speed));
    if (row.error !== null) {
      cell.append(element("small", {}, percent(row.error) + " errors"));
    }
    return cell;
  }

  function showSpeed(view, section) {
    const rows = view.measured.filter((row) => row.speed !== null).sort(fastestFirst);
    const caption = "Longer bars are faster. The thin bar on each one shows " + levelText(view).replace("its", "the") + ".";
    addChart(section, caption,
      "Bar chart of the speed of " + counted(rows.length, "candidate"), barHeight(rows, view.several),
      (colors) => speedConfig(colors, rows, view.several));
    showComparisons(view, section);
    const groups = distinct(rows.map((row) => number(row.result.group) ?? 0));
    if (groups.length > 1) {
      section.append(paragraph("The candidates did not fit into memory together and were measured in "
        + counted(groups.length, "group") + ". Compare candidates of different groups with more care."));
    }
  }

  function speedConfig(colors, rows, several) {
    const bars = {
      data: rows.map((row) => row.speed),
      backgroundColor: seriesColors(colors, rows),
      grouped: false,
      order: 1,
      maxBarThickness: 20,
    };
    const intervals = {
      data: rows.map((row) => (row.speedLow !== null && row.speedHigh !== null ? [row.speedLow, row.speedHigh] : null)),
      backgroundColor: colors.text,
      borderColor: colors.background,
      borderWidth: 1,
      borderSkipped: false,
      barThickness: 6,
      minBarLength: 2,
      grouped: false,
      order: 0,
    };
    return barConfig(colors, rows, several, "speed (× real time)", [bars, intervals], {
      title: (items) => rowTitle(rows[items[0].dataIndex], several),
      label: (item) => speedTooltip(rows[item.dataIndex], item.datasetIndex),
    }, false);
  }

  function speedTooltip(row, dataset) {
    if (dataset === 0) {
      return "speed " + times(row.speed) + ", median " + seconds(row.median);
    }
    const kind = row.interval.level === null ? "range of the runs " : percentWhole(row.interval.level) + " interval ";
    return kind + times(row.speedLow) + " – " + times(row.speedHigh);
  }

  function showComparisons(view, section) {
    const rows = view.reports.flatMap((report) =>
      list(report.data.comparisons).map((comparison) => ({ ...comparison, machine: report.machine })));
    if (rows.length === 0) {
      return;
    }
    const ratio = (row) => number(row.ratio);
    const columns = [
      { label: "Candidate", value: (row) => String(row.other), cell: (row) => String(row.other), style: "name" },
      { label: "Machine", value: (row) => row.machine, cell: (row) => row.machine, style: "text", shown: view.several },
      { label: "Compared with", value: (row) => String(row.candidate), cell: (row) => String(row.candidate), style: "name" },
      { label: "Ratio of times", value: ratio, cell: (row) => times(ratio(row)), number: true },
      { label: "From", value: (row) => number(row.low), cell: (row) => times(number(row.low)), number: true },
      { label: "To", value: (row) => number(row.high), cell: (row) => times(number(row.high)), number: true },
    ].filter((column) => column.shown ?? true);
    const caption = "Ratios of the times of runs in the same round. Above 1 the candidate is slower;"
      + " an interval that contains 1 shows no difference.";
    section.append(element("h3", {}, "Paired comparison with the fastest"),
      sortableTable(caption, columns, rows, columns.find((column) => column.value === ratio)));
  }

  function showAccuracy(view, section) {
    const rows = view.measured.filter((row) => row.error !== null && row.speed !== null);
    if (rows.length === 0) {
      section.append(paragraph("No error rates: the recordings have no reference texts. Give them with --reference-text.", "note"));
      return;
    }
    const caption = "Lower and further right is better. The line connects the Pareto front:"
      + " no other candidate is both faster and more accurate.";
    section.append(legend(rows));
    addChart(section, caption, "Scatter chart of word error rate and speed of " + counted(rows.length, "candidate"), 380,
      (colors) => accuracyConfig(colors, view, rows));
    for (const report of view.reports) {
      const front = rows.filter((row) => row.report === report && row.pareto).sort(fastestFirst);
      if (front.length > 0) {
        section.append(paragraph("Pareto front" + (view.several ? " of " + report.machine : "") + ": "
          + front.map((row) => row.name + " (" + times(row.speed) + ", " + percent(row.error) + ")").join("; ") + "."));
      }
    }
  }

  function legend(rows) {
    const symbols = { circle: "●", triangle: "▲", rect: "■", rectRot: "◆", star: "✳", crossRot: "✕", cross: "✚" };
    const items = distinct(rows.map((row) => row.implementation)).map((name) => {
      const row = rows.find((of) => of.implementation === name);
      const symbol = element("span", { "aria-hidden": "true" }, symbols[row.shape] + " ");
      symbol.style.color = (isDark() ? COLORS_DARK : COLORS_LIGHT)[row.color];
      symbol.dataset.symbol = row.color;
      return element("span", {}, symbol, name);
    });
    return element("p", { class: "legend" }, ...items);
  }

  function accuracyConfig(colors, view, rows) {
    const speeds = rows.map((row) => row.speed);
    const type = Math.max(...speeds) > 20 * Math.min(...speeds) ? "logarithmic" : "linear";
    const points = {
      type: "scatter",
      data: rows.map((row) => ({ x: row.speed, y: row.error * 100 })),
      backgroundColor: seriesColors(colors, rows),
      borderColor: seriesColors(colors, rows),
      borderWidth: 2,
      pointStyle: rows.map((row) => row.shape),
      pointRadius: rows.map((row) => (row.pareto ? 8 : 5)),
      pointHoverRadius: 10,
      clip: false,
    };
    const point = (row) => ({ x: row.speed, y: row.error * 100 });
    const fronts = view.reports.map((report) => ({
      type: "line",
      data: rows.filter((row) => row.report === report && row.pareto).sort(fastestFirst).map(point),
      borderColor: colors.muted,
      borderWidth: 1.5,
      borderDash: [5, 4],
      stepped: "before",
      pointRadius: 0,
      pointHitRadius: 0,
    }));
    const scales = {
      x: axis(colors, "speed (× real time)" + (type === "logarithmic" ? ", logarithmic" : ""), { type, grace: "5%" }),
      y: axis(colors, "word error rate (%)", { beginAtZero: true, suggestedMax: 5, grace: "5%" }),
    };
    const options = baseOptions(colors, scales, {
      title: (items) => rowTitle(rows[items[0].dataIndex], view.several),
      label: (item) => accuracyTooltip(rows[item.dataIndex]),
    });
    options.interaction = { mode: "nearest", intersect: false };
    options.plugins.tooltip.filter = (item) => item.datasetIndex === 0;
    return { type: "scatter", data: { datasets: [points, ...fronts] }, options };
  }

  function accuracyTooltip(row) {
    return "speed " + times(row.speed) + ", word error rate " + percent(row.error) + (row.pareto ? ", on the Pareto front" : "");
  }

  function showMemory(view, section) {
    const rows = view.measured.filter((row) => row.memory !== null).sort((a, b) => a.memory - b.memory);
    if (rows.length === 0) {
      section.append(paragraph("The memory of the processes is not known on this system.", "note"));
      return;
    }
    addChart(section, "Peak memory of the process, with the runtime and the model; shorter is better.",
      "Bar chart of the peak memory of " + counted(rows.length, "candidate"), barHeight(rows, view.several),
      (colors) => memoryConfig(colors, rows, view.several));
  }

  function memoryConfig(colors, rows, several) {
    const bars = { data: rows.map((row) => row.memory / 1024 ** 2), backgroundColor: seriesColors(colors, rows), maxBarThickness: 20 };
    return barConfig(colors, rows, several, "peak memory (MiB)", [bars], {
      title: (items) => rowTitle(rows[items[0].dataIndex], several),
      label: (item) => bytes(rows[item.dataIndex].memory),
    }, false);
  }

  // The cold start contains the loading; a report without it has the loading only.
  function startParts(row) {
    return [
      row.cold !== null && row.load !== null ? Math.max(row.cold - row.load, 0) : 0,
      row.load ?? 0,
      row.first ?? 0,
    ];
  }

  function showStart(view, section) {
    const total = (row) => startParts(row).reduce((a, b) => a + b);
    const rows = view.measured.filter((row) => row.load !== null || row.first !== null).sort((a, b) => total(a) - total(b));
    const cold = rows.some((row) => row.cold !== null);
    const caption = "What a program that transcribes once waits for; shorter is better."
      + (cold ? "" : " This report has no times of the process start.");
    const parts = ["start of the process", "loading the model", "first run"].slice(cold ? 0 : 1);
    addChart(section, caption, "Stacked bar chart of " + parts.join(", ") + " of " + counted(rows.length, "candidate"),
      barHeight(rows, view.several) + 30, (colors) => startConfig(colors, rows, view.several, parts));
  }

  function startConfig(colors, rows, several, parts) {
    const fills = [colors.series[6], colors.series[0], colors.series[1]];
    const datasets = parts.map((label, i) => {
      const part = i + 3 - parts.length;
      return {
        label,
        data: rows.map((row) => startParts(row)[part]),
        backgroundColor: fills[part],
        borderColor: colors.background,
        borderWidth: 1,
        maxBarThickness: 20,
      };
    });
    const config = barConfig(colors, rows, several, "time (s)", datasets, {
      title: (items) => rowTitle(rows[items[0].dataIndex], several),
      label: (item) => item.dataset.label + ": " + seconds(item.parsed.x),
    }, true);
    config.options.plugins.legend = { display: true, position: "top", align: "start", labels: { color: colors.text } };
    return config;
  }

  function showRounds(view, section) {
    const rows = view.measured.filter((row) => row.runs.length > 1);
    if (rows.length === 0) {
      section.append(paragraph("There is only one round, so there is no course of time to show.", "note"));
      return;
    }
    const shown = new Set(rows.slice().sort(fastestFirst).slice(0, LINES_AT_FIRST));
    const caption = "Time of each round, compared with the candidate’s median. A rising line shows that the machine became slower,"
      + " for example because it was hot. Hollow points are not in the statistics (before the steady state); crosses are outliers.";
    const chart = addChart(section, caption, "Line chart of the time of each round", 400,
      (colors) => roundsConfig(colors, rows.filter((row) => shown.has(row)), view.several));
    section.append(lineChoices(rows, shown, view.several, () => draw(chart)));
  }

  function lineChoices(rows, shown, several, changed) {
    const summary = element("summary");
    const count = () => (summary.textContent = "Candidates in this chart: " + shown.size + " of " + rows.length);
    const choices = rows.map((row) => {
      const box = element("input", { type: "checkbox" });
      box.checked = shown.has(row);
      box.addEventListener("change", () => {
        shown[box.checked ? "add" : "delete"](row);
        count();
        changed();
      });
      return element("label", {}, box, " " + (several ? row.name + " · " + row.machine : row.name));
    });
    count();
    return element("details", {}, summary, element("div", { class: "choices" }, ...choices));
  }

  function roundsConfig(colors, rows, several) {
    const datasets = rows.map((row) => roundsLine(colors, row, several));
    const longest = Math.max(1, ...rows.map((row) => row.runs.length));
    const scales = {
      x: axis(colors, "round", { type: "linear", min: 1, max: longest, ticks: { color: colors.muted, precision: 0 } }),
      y: axis(colors, "difference from the median (%)"),
    };
    const options = baseOptions(colors, scales, {
      title: (items) => rowTitle(rows[items[0].datasetIndex], several),
      label: (item) => "round " + item.parsed.x + ": " + seconds(rows[item.datasetIndex].runs[item.dataIndex])
        + " (" + (item.parsed.y > 0 ? "+" : "") + item.parsed.y.toFixed(1) + " %)",
    });
    options.interaction = { mode: "nearest", intersect: false };
    options.plugins.legend = {
      display: true, position: "bottom", align: "start", labels: { color: colors.text, usePointStyle: false, boxHeight: 1, boxWidth: 32 },
    };
    return { type: "line", data: { datasets }, options };
  }

  function roundsLine(colors, row, several) {
    const middle = row.median ?? median(row.runs);
    const steady = number(row.result.steady_from) ?? 0;
    const outliers = new Set(list(row.result.outliers));
    const color = colors.series[row.color];
    const perRun = (choose) => row.runs.map((run, i) => choose(i));
    return {
      label: shortName(several ? row.name + " · " + row.machine : row.name, 40),
      data: row.runs.map((run, i) => ({ x: i + 1, y: (run / middle - 1) * 100 })),
      borderColor: color,
      borderWidth: 2,
      borderDash: row.dash,
      clip: false,
      pointStyle: perRun((i) => (outliers.has(i) ? "crossRot" : row.shape)),
      pointRadius: perRun((i) => (outliers.has(i) ? 7 : 4)),
      pointBorderWidth: perRun((i) => (outliers.has(i) ? 3 : 1.5)),
      pointBackgroundColor: perRun((i) => (i < steady ? colors.background : color)),
      pointBorderColor: color,
    };
  }

  // ---- Recordings and transcripts ----

  function recordingKey(audio) {
    return audio.name + "\n" + (audio.sha256 || "");
  }

  function recordingKeys(report) {
    return list(object(report.data.settings).audios).map(recordingKey);
  }

  // One entry for each recording of any report, with the result of each measured row for it.
  function recordingsOf(view) {
    const recordings = new Map();
    for (const report of view.reports) {
      list(object(report.data.settings).audios).forEach((audio, i) => {
        const key = recordingKey(audio);
        const recording = recordings.get(key)
          || { name: String(audio.name), audio, reference: audio.reference ?? null, results: new Map() };
        recordings.set(key, recording);
        for (const row of report.rows.filter((of) => of.measured)) {
          const result = row.audios[i] && row.audios[i].audio === audio.name
            ? row.audios[i] : row.audios.find((of) => of.audio === audio.name);
          if (result) {
            recording.results.set(row, result);
          }
        }
      });
    }
    return Array.from(recordings.values());
  }

  const MEASURES = [
    { name: "word error rate", value: (result) => number(object(result.word_errors).rate), text: percent, detail: errorDetail,
      caption: "Word error rate of each recording; S, D and I count substituted, deleted (missing) and inserted words", descending: true },
    { name: "median time", value: (result) => number(result.median_seconds), text: seconds, detail: () => null,
      caption: "Median time of each recording" },
    { name: "speed", value: (result, audio) => (result.median_seconds > 0 ? audio.duration_seconds / result.median_seconds : null),
      text: times, detail: () => null,
      caption: "Speed of each recording, as seconds of audio per second of computing", descending: true },
  ];

  function errorDetail(result) {
    const errors = object(result.word_errors);
    return number(errors.rate) === null ? null
      : errors.substitutions + " S " + errors.deletions + " D " + errors.insertions + " I of " + errors.reference_words;
  }

  function showRecordings(view, section) {
    const recordings = view.recordings;
    const isKnown = (measure, recording) =>
      Array.from(recording.results.values()).some((result) => measure.value(result, recording.audio) !== null);
    const measures = MEASURES.filter((measure) => recordings.some((recording) => isKnown(measure, recording)));
    if (recordings.length === 0) {
      section.append(paragraph("The report has no recordings.", "note"));
      return;
    }
    const table = element("div");
    const state = { measure: measures[0] || null, all: recordings.length <= RECORDINGS_AT_FIRST };
    const update = () => table.replaceChildren(recordingTable(view, state));
    const controls = element("div", { class: "controls" });
    if (measures.length > 1) {
      controls.append(choice("Show", measures.map((of) => of.name), (i) => {
        state.measure = measures[i];
        update();
      }));
    }
    if (!state.all) {
      controls.append(showAllButton(recordings.length, () => {
        state.all = true;
        update();
      }));
    }
    update();
    section.append(controls, table);
  }

  function showAllButton(count, show) {
    const button = element("button", { type: "button" }, "Show all " + count + " recordings");
    button.addEventListener("click", () => {
      button.remove();
      show();
    });
    return button;
  }

  function choice(label, names, choose) {
    const select = element("select", {}, ...names.map((name, i) => element("option", { value: String(i) }, name)));
    select.addEventListener("change", () => choose(Number(select.value)));
    return element("label", {}, label + " ", select);
  }

  function recordingTable(view, state) {
    const rows = state.all ? view.recordings : view.recordings.slice(0, RECORDINGS_AT_FIRST);
    const name = { label: "Recording", value: (recording) => recording.name, cell: recordingCell, style: "name recording" };
    const length = {
      label: "Length", number: true,
      value: (recording) => number(recording.audio.duration_seconds),
      cell: (recording) => duration(number(recording.audio.duration_seconds)),
    };
    const measured = state.measure === null ? [] : view.measured.map((row) => measureColumn(view, row, state.measure));
    const hidden = view.recordings.length - rows.length;
    const caption = (state.measure === null ? "Neither error rates nor times of single recordings are known" : state.measure.caption)
      + (hidden > 0 ? "; the first " + rows.length + " of " + view.recordings.length + " recordings" : "") + ".";
    return sortableTable(caption, [name, length, ...measured], rows, name);
  }

  function measureColumn(view, row, measure) {
    const value = (recording) => (recording.results.has(row) ? measure.value(recording.results.get(row), recording.audio) : null);
    return {
      label: view.several ? row.name + " · " + row.machine : row.name,
      number: true,
      descending: measure.descending,
      value,
      cell: (recording) => {
        const detail = recording.results.has(row) ? measure.detail(recording.results.get(row)) : null;
        return element("span", {}, measure.text(value(recording)), detail === null ? null : element("small", {}, detail));
      },
    };
  }

  function recordingCell(recording) {
    const language = recording.audio.language ? "language " + recording.audio.language : null;
    const warnings = list(recording.audio.warnings).map((warning) => element("small", { class: "problem" }, "⚠ " + warning));
    return element("span", {}, element("bdi", {}, recording.name), language && element("small", {}, language), ...warnings);
  }

  function showTranscripts(view, section) {
    const recordings = view.recordings.filter((recording) => recording.results.size > 0);
    if (recordings.length === 0) {
      section.append(paragraph("There are no transcripts.", "note"));
      return;
    }
    const place = element("div");
    const show = (i) => place.replaceChildren(...transcripts(recordings[i]));
    if (recordings.length > 1) {
      section.append(element("div", { class: "controls" }, choice("Recording", recordings.map((of) => of.name), show)));
    }
    section.append(place);
    show(0);
  }

  function transcripts(recording) {
    const groups = sameTexts(recording);
    const base = baseText(recording, groups);
    const baseWords = base === null ? null : words(base.text);
    const cards = groups.filter((group) => base === null || base.reference || group !== base.group)
      .map((group) => transcriptCard(group, baseWords));
    const first = base === null ? [] : [element("div", { class: "transcript reference" },
      element("h3", {}, base.title), textBody(base.text, recording.audio.language))];
    return [
      element("h3", {}, element("bdi", {}, recording.name)),
      paragraph(base === null ? "All transcripts are empty." : base.explanation, "muted"),
      diffLegend(),
      element("div", { class: "transcripts" }, ...first, ...cards),
    ];
  }

  function diffLegend() {
    const inserted = element("ins", {}, "only in this transcript");
    const deleted = element("del", {}, "missing here");
    return element("p", { class: "muted" }, "Marks: ", inserted, " ", deleted, ". Case and punctuation are not compared.");
  }

  // Candidates with the same text share a card; the fastest is first.
  function sameTexts(recording) {
    const groups = new Map();
    for (const [row, result] of Array.from(recording.results).sort(([a], [b]) => fastestFirst(a, b))) {
      const text = String(result.text ?? "").trim();
      const group = groups.get(text) || { text, rows: [], result };
      group.rows.push(row);
      groups.set(text, group);
    }
    return Array.from(groups.values());
  }

  function baseText(recording, groups) {
    if (recording.reference !== null) {
      return {
        text: recording.reference,
        title: "Reference text",
        reference: true,
        explanation: "Differences from the reference text are marked.",
      };
    }
    const group = groups.filter((of) => of.text !== "").sort((a, b) => bestRank(a) - bestRank(b))[0];
    return group === undefined ? null : {
      group,
      text: group.text,
      title: names(group),
      reference: false,
      explanation: "There is no reference text. Differences from the transcript of " + group.rows[0].name
        + " are marked; they are not necessarily errors.",
    };
  }

  function bestRank(group) {
    return Math.min(...group.rows.map((row) => (row.rank ? row.rank.best : 1e9)));
  }

  function names(group) {
    return distinct(group.rows.map((row) => row.name)).join(", ");
  }

  function transcriptCard(group, baseWords) {
    const details = [
      group.result.language ? "language " + group.result.language : null,
      number(object(group.result.word_errors).rate) === null ? null : percent(group.result.word_errors.rate) + " word errors",
      group.rows.length > 1 ? counted(group.rows.length, "result") + " with this text" : null,
    ].filter(Boolean).join(" · ");
    const marked = baseWords === null || group.text === "" ? null : differences(baseWords, words(group.text));
    const body = textBody(marked === null ? group.text : "", group.result.language);
    if (marked !== null) {
      body.append(...marked);
    }
    const note = group.text === "" ? "The transcript is empty."
      : marked === null && baseWords !== null ? "The texts differ too much to mark the differences." : null;
    return element("div", { class: "transcript" }, element("h3", {}, names(group)), details && element("small", {}, details),
      note && paragraph(note, "problem"), body);
  }

  function textBody(text, language) {
    return element("div", { class: "body", tabindex: "0", dir: "auto", lang: /^[a-z]{2,3}$/.test(language) ? language : null }, text);
  }

  // ---- Differences ----

  const UNSPACED = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"]
    .map((script) => "\\p{Script=" + script + "}")
    .join("");
  const TOKEN = new RegExp("(?:[" + UNSPACED + "]\\p{M}*|[^\\s" + UNSPACED + "]+)\\s*", "gu");
  const ENDS_UNSPACED = new RegExp("[" + UNSPACED + "]\\P{L}*$", "u");

  // Words, or characters in scripts without spaces, each with the punctuation that follows.
  function words(text) {
    const result = [];
    let before = "";
    for (const [raw] of text.matchAll(TOKEN)) {
      const key = raw.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
      if (key !== "") {
        result.push({ raw: before + raw, key });
        before = "";
      } else if (result.length > 0) {
        result[result.length - 1].raw += raw;
      } else {
        before += raw;
      }
    }
    return result;
  }

  // Returns elements and texts of b with marks, or null if there are too many differences.
  function differences(a, b) {
    const steps = shortestEdit(a, b);
    if (steps === null) {
      return null;
    }
    const nodes = [];
    for (let i = 0; i < steps.length; ) {
      const kind = steps[i].kind;
      let text = "";
      for (; i < steps.length && steps[i].kind === kind; i++) {
        text += steps[i].raw;
      }
      const visible = text.trimEnd();
      const separator = i < steps.length && !ENDS_UNSPACED.test(visible) ? " " : "";
      nodes.push(kind === "same" ? visible : element(kind, {}, visible), text.slice(visible.length) || separator);
    }
    return nodes;
  }

  // E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
  function shortestEdit(a, b) {
    const max = Math.min(a.length + b.length, MAX_EDITS);
    const furthest = new Int32Array(2 * max + 2);
    const trace = [];
    for (let edits = 0; edits <= max; edits++) {
      trace.push(furthest.slice(max - edits, max + edits + 1));
      for (let k = -edits; k <= edits; k += 2) {
        const at = max + k;
        let x = k === -edits || (k !== edits && furthest[at - 1] < furthest[at + 1]) ? furthest[at + 1] : furthest[at - 1] + 1;
        while (x < a.length && x - k < b.length && a[x].key === b[x - k].key) {
          x++;
        }
        furthest[at] = x;
        if (x >= a.length && x - k >= b.length) {
          return backtrack(a, b, trace);
        }
      }
    }
    return null;
  }

  function backtrack(a, b, trace) {
    const steps = [];
    let x = a.length;
    let y = b.length;
    for (let edits = trace.length - 1; edits > 0; edits--) {
      const furthest = trace[edits];
      const k = x - y;
      const down = k === -edits || (k !== edits && furthest[k - 1 + edits] < furthest[k + 1 + edits]);
      const previous = furthest[(down ? k + 1 : k - 1) + edits];
      const start = down ? previous : previous + 1;
      while (x > start) {
        x--;
        steps.push({ kind: "same", raw: b[--y].raw });
      }
      if (down) {
        steps.push({ kind: "ins", raw: b[--y].raw });
      } else {
        steps.push({ kind: "del", raw: a[--x].raw });
      }
    }
    while (y > 0) {
      steps.push({ kind: "same", raw: b[--y].raw });
    }
    return steps.reverse();
  }

  // ---- Failures, warnings, settings ----

  function showFailures(view, section) {
    const failures = view.rows.filter((row) => !row.measured);
    if (failures.length === 0) {
      section.append(paragraph("Every candidate was measured."));
      return;
    }
    section.append(element("ul", { class: "messages" }, ...failures.map((row) => failureItem(view, row))));
  }

  function failureItem(view, row) {
    const reason = element("div", {}, String(row.result.reason ?? "unknown reason"));
    reason.style.whiteSpace = "pre-wrap";
    return element("li", {}, element("b", {}, row.name), view.several ? " on " + row.machine : null,
      element("span", { class: "problem" }, " " + failureName(row)), reason,
      row.result.remedy ? element("div", {}, element("b", {}, "What to do: "), String(row.result.remedy)) : null);
  }

  function showWarnings(view, section) {
    const items = view.reports.flatMap((report) =>
      warningGroups(report.data.warnings).map((group) => warningItem(view.several ? report.machine : null, group)));
    if (items.length === 0) {
      section.append(paragraph("There are no warnings."));
      return;
    }
    section.append(element("ul", { class: "messages" }, ...items));
  }

  // One group for each kind, so that its advice appears once.
  function warningGroups(warnings) {
    const groups = new Map();
    for (const warning of list(warnings)) {
      const { kind, message, advice } = typeof warning === "string" ? { message: warning } : object(warning);
      const key = String(kind ?? message);
      if (!groups.has(key)) {
        groups.set(key, { advice, messages: [] });
      }
      groups.get(key).messages.push(String(message ?? ""));
    }
    return [...groups.values()];
  }

  function warningItem(machine, { advice, messages }) {
    const [first, ...others] = messages;
    const more = element("ul", {}, ...others.map((message) => element("li", {}, message)));
    return element("li", {}, machine ? element("b", {}, machine + ": ") : null, "⚠ " + first,
      advice ? element("span", { class: "muted" }, " " + advice) : null, others.length > 0 ? more : null);
  }

  function showSettings(view, section) {
    for (const report of view.reports) {
      const { audios, candidates, ...settings } = object(report.data.settings);
      const machine = object(object(report.data.machine).before);
      if (view.several) {
        section.append(element("h3", {}, report.machine));
      }
      const started = ["started", minute(report.data.started_at)];
      section.append(factsTable("Machine", [started, ...facts(report.data.environment), ...facts(machine)]));
      const all = element("details", {}, element("summary", {}, "All settings and recordings"),
        factsTable("Settings", [...facts(settings), ...candidateFacts(candidates), ...recordingFacts(audios)]));
      all.open = !view.several && list(candidates).length <= LINES_AT_FIRST && list(audios).length <= LINES_AT_FIRST;
      section.append(all);
    }
  }

  function candidateFacts(candidates) {
    return list(candidates).map((candidate) => {
      const { name, transcribe, ...others } = candidate;
      return ["candidate " + name, facts(others).map(([key, value]) => key + " " + value).join(", ")];
    });
  }

  function recordingFacts(audios) {
    return list(audios).map((audio) => ["recording " + audio.name,
      [duration(number(audio.duration_seconds)), audio.file, audio.sha256 && "sha256 " + audio.sha256].filter(Boolean).join(", ")]);
  }

  function showRepeat(view, section) {
    section.append(paragraph("Save the JSON report and repeat it on the same or another machine. It contains paths and transcripts."));
    for (const report of view.reports) {
      const name = "whisper-speedtest-" + String(report.data.started_at || "").slice(0, 19).replace(/[^0-9T]/g, "-") + ".json";
      const button = element("button", { type: "button" }, "Download " + name);
      button.addEventListener("click", () => download(name, report.text));
      section.append(view.several ? element("h3", {}, report.machine) : "", button,
        element("pre", {}, element("code", {}, "whisper-speedtest benchmark --repeat " + name)));
    }
  }

  function download(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  // ---- The page ----

  function setTheme(theme) {
    if (theme === null) {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = theme;
    }
    themeChanged();
  }

  function themeChanged() {
    const colors = isDark() ? COLORS_DARK : COLORS_LIGHT;
    document.querySelectorAll(".swatch").forEach((of) => (of.style.backgroundColor = colors[of.dataset.color]));
    document.querySelectorAll("[data-symbol]").forEach((of) => (of.style.color = colors[of.dataset.symbol]));
    document.getElementById("theme").textContent = isDark() ? "Light mode" : "Dark mode";
    drawAll();
  }

  function prepareTheme() {
    document.getElementById("theme").addEventListener("click", () => setTheme(isDark() ? "light" : "dark"));
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themeChanged);
    themeChanged();
  }

  // Paper is white, shows no closed settings, and a canvas does not follow its width by itself.
  function preparePrinting() {
    const PAPER_WIDTH = 1000;
    const PAPER_HEIGHT = 600;
    let restore = () => {};
    window.addEventListener("beforeprint", () => {
      const theme = document.documentElement.dataset.theme || null;
      const closed = Array.from(document.querySelectorAll("#settings details:not([open])"));
      restore = () => {
        setTheme(theme);
        closed.forEach((details) => (details.open = false));
        charts.forEach((chart) => chart.drawn.resize());
      };
      setTheme("light");
      closed.forEach((details) => (details.open = true));
      charts.forEach((chart) => chart.drawn.resize(PAPER_WIDTH, Math.min(chart.height, PAPER_HEIGHT)));
    });
    window.addEventListener("afterprint", () => restore());
  }

  function showContents() {
    const links = Array.from(document.querySelectorAll("main section"), (section) =>
      element("li", {}, element("a", { href: "#" + section.id }, section.querySelector("h2").textContent)));
    document.getElementById("contents").append(...links);
  }

  function ofMeasurements(show) {
    return (view, section) =>
      view.measured.length > 0 ? show(view, section) : section.append(paragraph("No candidate was measured.", "note"));
  }

  // One damaged part of a report must not hide the others.
  function showSection(view, id, show) {
    const section = document.getElementById(id);
    try {
      show(view, section);
    } catch (problem) {
      section.append(paragraph("This part cannot be shown: " + problem.message, "problem"));
    }
  }

  function main() {
    const reports = readReports();
    nameMachines(reports);
    for (const report of reports) {
      report.rows = rowsOf(report);
      markPareto(report, report.rows);
    }
    const rows = reports.flatMap((report) => report.rows);
    assignLooks(rows);
    const view = { reports, rows, several: reports.length > 1, measured: rows.filter((row) => row.measured) };
    view.recordings = recordingsOf(view);
    showTitle(view);
    const sections = {
      machines: showMachines,
      candidates: showCandidates,
      speed: ofMeasurements(showSpeed),
      accuracy: ofMeasurements(showAccuracy),
      memory: ofMeasurements(showMemory),
      start: ofMeasurements(showStart),
      rounds: ofMeasurements(showRounds),
      recordings: showRecordings,
      transcripts: ofMeasurements(showTranscripts),
      failures: showFailures,
      warnings: showWarnings,
      settings: showSettings,
      repeat: showRepeat,
    };
    for (const [id, show] of Object.entries(sections)) {
      showSection(view, id, show);
    }
    showContents();
    prepareTheme();
    preparePrinting();
  }

  main();
})();
