// All that the page uses of these libraries; esbuild leaves the rest of them out.
export { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
export { curveBumpX, line } from "d3-shape";
