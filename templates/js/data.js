// The document that the page carries: read when a figure is first used, then kept. Its figures by their ids.
let reading;
const carried = () => reading ??= (async () => {
  const text = byId("reportgen-document").textContent;
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : looped(atob(text));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const plain = await new Response(stream).json();
  const figures = new Map();
  const walk = (blocks) => blocks.forEach((block) => {
    if (block.drawing) figures.set(block.id, block);
    walk(block.blocks || []);
  });
  plain.sections.forEach((section) => walk(section.blocks));
  return { evidence: plain.evidence, figures };
})();
const looped = (text) => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};
