// A screenshot as a smaller PNG: at most 256 colours, which a page without photographs hardly misses. Owns nothing but bytes.
// Reads what Chromium writes: eight bits a channel, not interlaced (PNG, third edition).

import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const LARGEST_PALETTE = 256;

/** The same picture with a palette. */
export function small(png) {
  const { width, height, pixels } = decode(png);
  const { palette, nearest } = paletteOf(pixels);
  const lines = Buffer.alloc(height * (width + 1)); // Each line begins with its filter: none.
  for (let y = 0, from = 0; y < height; y += 1) {
    const start = y * (width + 1) + 1;
    for (let x = 0; x < width; x += 1, from += 1) lines[start + x] = nearest.get(pixels[from]);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // Eight bits, an index into the palette.
  const colours = Buffer.from(palette.flatMap((colour) => channels(colour)));
  const parts = [['IHDR', header], ['PLTE', colours], ['IDAT', deflateSync(lines, { level: 9 })], ['IEND', Buffer.alloc(0)]];
  return Buffer.concat([SIGNATURE, ...parts.map(([type, data]) => chunk(type, data))]);
}

/** Width, height, and each pixel as one number, red first; what is transparent is taken to be opaque. */
function decode(png) {
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  const size = { 2: 3, 6: 4 }[kind];
  if (depth !== 8 || !size) throw new Error(`a PNG of depth ${depth} and kind ${kind}`);
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * size, height, size);
  const pixels = new Uint32Array(width * height);
  for (let at = 0, from = 0; at < pixels.length; at += 1, from += size) pixels[at] = bytes.readUIntBE(from, 3);
  return { width, height, pixels };
}

/** Undoes the filters of all lines (PNG 9). */
function unfiltered(data, line, height, size) {
  const bytes = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) {
    const [filter, from, to] = [data[y * (line + 1)], y * (line + 1) + 1, y * line];
    for (let x = 0; x < line; x += 1) {
      const left = x < size ? 0 : bytes[to + x - size];
      const above = y === 0 ? 0 : bytes[to + x - line];
      const corner = x < size || y === 0 ? 0 : bytes[to + x - line - size];
      const expected = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      bytes[to + x] = data[from + x] + expected;
    }
  }
  return bytes;
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** The commonest colours, and for each colour of the picture the place of the one that is nearest to it. */
function paletteOf(pixels) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one)).slice(0, LARGEST_PALETTE);
  const places = palette.map(channels);
  const nearest = new Map([...counts.keys()].map((colour) => [colour, nearestPlace(places, channels(colour))]));
  return { palette, nearest };
}

function nearestPlace(places, [red, green, blue]) {
  let [best, least] = [0, Infinity];
  places.forEach(([r, g, b], place) => {
    const far = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (far < least) [best, least] = [place, far];
  });
  return best;
}

const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(check(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** CRC-32, a bit at a time (PNG, annex D). */
function check(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
