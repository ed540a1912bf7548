/**
 * The style sheet of the pages, for any width, light or dark, screen or paper.
 *
 * @module
 */

const LIGHT = "--paper:#fff;--ink:#1f2328;--soft:#555f6a;--line:#d0d7de;--link:#0b5cad;" +
  "--hatch:#8b949e;--missing:#f0f2f4;--idle:#c9d0d7;--ready:#9aa3ad;--run:#6b747d;" +
  "--other:#2480bd;--fault:#d1403a;--out:#2480bd;--in:#d9641c;--danger:#b3261e;" +
  "--h0:#e1eef7;--h1:#b7d6eb;--h2:#83b7dc;--h3:#f4d38f;--h4:#efa14e;--h5:#dc6a2c;--h6:#b5331d;" +
  "--h7:#6f0f1b";
const DARK = "--paper:#16181c;--ink:#e6e8eb;--soft:#a9b1ba;--line:#3a414a;--link:#7cc0ff;" +
  "--hatch:#7d8590;--missing:#212429;--idle:#444c55;--ready:#6b747e;--run:#9aa4af;" +
  "--other:#58a6e0;--fault:#f2645d;--out:#58a6e0;--in:#f08a4b;--danger:#ff8a80;" +
  "--h0:#1d3242;--h1:#27506d;--h2:#3a77a3;--h3:#85753a;--h4:#c08735;--h5:#e0703b;--h6:#f45a48;" +
  "--h7:#ffa6a6";

const HATCH = "repeating-linear-gradient(135deg,var(--hatch) 0 1px,transparent 1px 5px)";

const CLASSES =
  [0, 1, 2, 3, 4, 5, 6, 7].map((level) =>
    `path.h${level}{fill:var(--h${level})}i.h${level}{background:var(--h${level})}`
  ).join("") +
  ["idle", "ready", "run", "in", "out", "other", "fault"].map((state) =>
    `.state.${state}{fill:var(--${state})}li.${state} i{background:var(--${state})}`
  ).join("");

/** The whole style sheet. */
export const STYLE = `
:root{${LIGHT};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root[data-theme=light]{${LIGHT};color-scheme:light}
:root[data-theme=dark]{${DARK};color-scheme:dark}
.hg{color:var(--ink)}
body{margin:0 auto;max-width:100rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
a{color:var(--link);text-underline-offset:.3em}h1{margin:.2em 0}h2{margin:1.6em 0 .4em}p{max-width:60rem}
.lead,.note,.when{color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem .9rem;list-style:none;margin:.3rem 0;padding:0}
.scroll{overflow-x:auto;margin:.8rem 0;
background:linear-gradient(90deg,var(--paper) 40%,transparent) left/3rem 100% no-repeat local,
linear-gradient(270deg,var(--paper) 40%,transparent) right/3rem 100% no-repeat local,
linear-gradient(90deg,var(--line),transparent) left/.8rem 100% no-repeat,
linear-gradient(270deg,var(--line),transparent) right/.8rem 100% no-repeat}
.scroll:has(.axis,.chart){background-size:0,3rem 100%,0,.8rem 100%}
.scroll:focus-visible,a:focus-visible,button:focus-visible,select:focus-visible,
summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,45rem),1fr));
gap:0 1.5rem;align-items:start}
figure{margin:1.2rem 0 .6rem;min-width:0}h3{margin:.2em 0;font-size:1rem}
figure .scroll{margin:.3rem 0}figcaption{font-size:.8125rem;max-width:60rem}
.chart{display:flex;align-items:flex-start;min-width:45rem;max-width:66rem}
.chart svg{display:block;min-width:0;height:auto}
.chart .names{position:sticky;left:0;z-index:1;overflow:visible;background:var(--paper)}
.hg a{text-decoration:underline}
table{border-collapse:collapse;min-width:20rem}
caption{text-align:left;max-width:min(60rem,calc(100vw - 2rem));position:sticky;left:0}
th,td{padding:.2rem .9rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
table:has(td:first-child>a) :is(th,td):first-child{position:sticky;left:0;background:var(--paper)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.short{white-space:nowrap}code{overflow-wrap:anywhere}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
button,select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);
border-radius:.3rem;padding:.2rem .6rem;max-width:100%}
h1,li,caption{overflow-wrap:anywhere}
summary{cursor:pointer;font-size:1.25rem;font-weight:600;margin:1em 0 .4em}
#tip{position:fixed;pointer-events:none;background:var(--ink);color:var(--paper);padding:.1rem .5rem;
border-radius:.3rem;font-size:.85rem;z-index:2;max-width:22rem}
.attention{padding:0;list-style:none;max-width:80rem}
.attention li{padding:.3rem .6rem;border-left:.3rem solid var(--line);margin:.25rem 0}
.attention .level3{border-color:var(--danger)}.attention .level2{border-color:var(--in)}
.attention b{display:inline-block;min-width:5rem}.attention .level3 b{color:var(--danger)}
.when{white-space:nowrap;font-size:.9rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem;margin:1rem 0}
.cards div{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .8rem}
.cards dt{color:var(--soft);font-size:.9rem}.cards dd{margin:0;font-size:1.1rem;font-variant-numeric:tabular-nums}
.cards span{display:block;font-size:.85rem;color:var(--soft)}
.axis{font-size:.8125rem;line-height:1.35}
.strip{display:flex;gap:.6rem;min-width:57rem;margin:.5rem 0}
.strip .name{flex:0 0 8.5rem;position:sticky;left:0;background:var(--paper);z-index:1;display:flex;
gap:.3rem;justify-content:space-between;min-width:0;overflow-wrap:break-word}
.wide .name{flex-basis:22rem}.wide .side{display:none}.ends{display:flex;flex-direction:column;justify-content:space-between;text-align:right;
white-space:nowrap;color:var(--soft)}
.strip .plot,.strip .ticks{flex:1 1 34rem}.strip .plot{cursor:pointer;align-self:start;border:solid var(--line);border-width:0 1px}
.plot svg{display:block;width:100%}
.ticks{position:relative;height:1.4em}
.ticks span{position:absolute;white-space:nowrap;padding-left:.2rem;border-left:1px solid var(--soft)}
.strip .side{flex:0 0 13rem;color:var(--soft);overflow-wrap:anywhere}
.rows,.states,.legend{list-style:none;margin:0;padding:0}
.rows{width:100%}.rows li{height:18px;line-height:18px;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis}
.legend{display:flex;flex-wrap:wrap;gap:.2rem .9rem;font-size:.8125rem}
.legend li{display:flex;align-items:center;gap:.35em}.legend svg,.legend i{flex:none}
.states i,.legend i{display:inline-block;width:1.1em;height:.8em}.states i{margin-right:.35em}
.states .fault{color:var(--danger);font-weight:600}
.missing{fill:var(--missing)}
.band{fill:var(--out);opacity:.22}.line{fill:none;stroke:var(--out);vector-effect:non-scaling-stroke}
.line.low,.line.high{stroke-width:.8;stroke-opacity:.6}.line.middle{stroke-width:1.4}
.zero{fill:none;stroke:var(--soft);stroke-width:1;vector-effect:non-scaling-stroke}
.spark circle{fill:var(--out)}
.out{fill:var(--out)}.in{fill:var(--in)}
.state.fault,.state.other,.state.in,.state.out{stroke-width:1.5;vector-effect:non-scaling-stroke}
.state.fault{stroke:var(--fault)}.state.other{stroke:var(--other)}.state.in{stroke:var(--in)}.state.out{stroke:var(--out)}
.heat,i.few{background:${HATCH}}.heat path{stroke:var(--paper);stroke-width:1;
vector-effect:non-scaling-stroke}
.heat .blank{fill:var(--paper)}i.blank{border:1px solid var(--line)}i.few{border:1px solid var(--line)}
${CLASSES}
@media (max-width:50rem){.strip{flex-wrap:wrap;min-width:42rem}.strip .name{flex-basis:6.5rem}.wide .name{flex-basis:11rem}
.strip .side{flex:0 0 calc(100vw - 2rem);margin-right:-1rem;position:sticky;left:0}.strip .side:empty{display:none}
.states{display:flex;flex-wrap:wrap;gap:0 .8rem}
.attention b{display:block}.when{white-space:normal}}
@media print{*{print-color-adjust:exact}.short{white-space:normal}.tools,nav,#tip{display:none}body{max-width:none;padding:0;font-size:10pt}
h2,h3,summary{break-after:avoid}figure,svg,tr,li,.cards div{break-inside:avoid}.scroll{overflow:visible;background:none}
.chart,.strip{min-width:0}.strip{flex-wrap:nowrap}.strip .side,.strip .side:empty{display:block;flex:0 0 9rem;margin:0}
table{font-size:8pt}th.number{white-space:normal}td:not([class],:has(a,svg)){overflow-wrap:anywhere}}
`;
