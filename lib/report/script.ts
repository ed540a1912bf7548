/**
 * The script of the pages, which also work without it. It adds a switch between light and dark, lists
 * of pages to choose from, tooltips, and scrolls charts to their newest end.
 *
 * @module
 */

/** Light or dark, pages to choose from, and links that unfold their target. */
const CONTROLS = `
const root=document.documentElement,tools=document.querySelector(".tools");
const keep=(theme)=>{root.dataset.theme=theme;try{localStorage.setItem("hourgrid",theme)}catch{}};
try{const theme=localStorage.getItem("hourgrid");if(theme)root.dataset.theme=theme}catch{}
const button=document.createElement("button");button.type="button";button.textContent="Light or dark";
button.onclick=()=>keep((root.dataset.theme??(matchMedia("(prefers-color-scheme:dark)").matches?"dark":"light"))==="dark"?"light":"dark");
for(const list of document.querySelectorAll("#more nav")){
const name=list.getAttribute("aria-label");
const label=document.createElement("label"),select=document.createElement("select");
label.append(name+" ",select);select.add(new Option("choose",""));
for(const link of list.querySelectorAll("a"))select.add(new Option(link.textContent,link.getAttribute("href")));
const go=document.createElement("button");go.type="button";go.textContent="Show";
go.setAttribute("aria-label","Show the chosen page: "+name);
go.onclick=()=>{if(select.value)location.href=select.value};tools.append(label,go)}
tools.append(button);
for(const link of document.querySelectorAll("a[href^='#']"))link.onclick=()=>{
for(const part of document.querySelectorAll(link.getAttribute("href")+" details"))part.open=true};
for(const scroll of document.querySelectorAll("[data-newest]"))scroll.scrollLeft=scroll.dataset.newest*scroll.scrollWidth-scroll.clientWidth+24;
`;

/** Tooltips: a state, a cell of a heat map, a point of a line, or a title. */
const READING = `
const stamp=(time)=>new Date(time).toISOString().slice(0,16).replace("T"," ")+" UTC";
const numbers=(text)=>text.split(",").map(Number);
const local=(element,event)=>new DOMPoint(event.clientX,event.clientY).matrixTransform(element.getScreenCTM().inverse());
const known=new WeakMap();
const pointsOf=(path)=>{
let points=known.get(path);if(points)return points;
points=[];let x=0,y=0;
for(const [,command,rest] of path.getAttribute("d").matchAll(/([MLlhv])([^MLlhvZz]*)/g)){
const [a,b]=rest.split(",").map(Number);
if(command==="M"||command==="L")[x,y]=[a,b];else if(command==="h")x+=a;else if(command==="v")y+=a;else[x,y]=[x+a,y+b];
points.push([x,y])}
known.set(path,points);return points};
const stateAt=(svg,event)=>{
const [from,,,length]=numbers(svg.dataset.x),minute=local(svg,event).x*1440,slack=length*1440/svg.getBoundingClientRect().width*2;
let best=null;
for(const run of svg.dataset.runs.split(";").map(numbers)){
const away=Math.max(run[0]-minute,minute-run[0]-run[1],0);
if(away<=slack&&(best===null||away<best.away||away===best.away&&run[1]<best.run[1]))best={away,run}}
if(best===null)return null;
const [start,minutes,state]=best.run;
return JSON.parse(svg.dataset.states)[state]+": "+stamp(from+start*6e4)+" to "+stamp(from+(start+minutes)*6e4)};
const heatAt=(svg,event)=>{
const [from,to,,length]=numbers(svg.dataset.x),{x,y}=local(svg,event);
const row=JSON.parse(svg.dataset.rows)[Math.floor(y)];if(!row)return null;
const value=row[1].split(",")[Math.floor(x)];
const text=value===""?"no data":value==="~"?"too few rows":value+" "+svg.dataset.unit;
return row[0]+", "+stamp(from+Math.floor(x)*(to-from)/length).slice(0,10)+": "+text};
const pointAt=(svg,event)=>{
const [t0,t1,x0,x1]=numbers(svg.dataset.x),[v0,v1,y0,y1]=numbers(svg.dataset.y);
let best=null;
for(const path of svg.querySelectorAll("path:has(>title)")){
const at=local(path,event),{a,d}=path.getScreenCTM();
if(at.x<x0-4||at.x>x1+4||at.y<Math.min(y0,y1)-4||at.y>Math.max(y0,y1)+4)continue;
for(const [x,y] of pointsOf(path)){
const dx=Math.abs(x-at.x)*a,dy=Math.abs(y-at.y)*d;
if(dx<=10&&(best===null||dx*4+dy<best.away))best={away:dx*4+dy,x,y,path}}}
if(best===null)return null;
const value=v0+(best.y-y0)/(y1-y0)*(v1-v0),fine=Math.abs((v1-v0)/(y1-y0))/5;
const digits=Math.min(6,Math.max(0,Math.ceil(-Math.log10(fine))));
const name=best.path.querySelector("title").textContent.split(": ")[0];
return name+": "+value.toFixed(digits).replace("-","\u2212")+" "+svg.dataset.unit+" at "+stamp(t0+(best.x-x0)/(x1-x0)*(t1-t0))};
const tip=document.createElement("div");tip.id="tip";tip.hidden=true;tip.setAttribute("aria-hidden","true");document.body.append(tip);
const point=(event)=>{
const svg=event.target.closest?.("svg[data-x]");
const read=!svg?null:svg.dataset.runs?stateAt:svg.dataset.rows?heatAt:svg.dataset.y?pointAt:null;
const title=event.target.closest?.("svg *")?.closest(":has(>title)")?.querySelector(":scope>title");
const own=title&&!title.parentElement.matches("svg")?title.textContent:null;
const text=read?.(svg,event)??own;
tip.hidden=!text;if(!text)return;
tip.textContent=text;
tip.style.left=Math.max(0,Math.min(event.clientX+12,innerWidth-tip.offsetWidth-8))+"px";
tip.style.top=Math.min(event.clientY+16,innerHeight-tip.offsetHeight-4)+"px"};
document.addEventListener("pointermove",point);document.addEventListener("pointerdown",point);
document.addEventListener("click",(event)=>{
const plot=event.target.closest?.(".axis .plot");if(!plot)return;
const axis=plot.closest(".axis"),box=plot.getBoundingClientRect();
const [,,,length]=numbers(plot.querySelector("svg").dataset.x);
const day=Math.floor((event.clientX-box.left)/box.width*length);
if(axis.dataset.days.split(",").includes(String(day)))location.href="day-"+stamp((+axis.dataset.from+day*86400)*1e3).slice(0,10)+".html"});
`;

/** The whole script. */
export const SCRIPT: string = CONTROLS + READING;
