// Writes the foghorn's two notes (B flat, and the grunt) as a small 8-bit WAV.
import { writeFileSync } from 'node:fs';
const rate = 8000, secs = 3.6, n = Math.round(rate * secs), b = Buffer.alloc(44 + n);
b.write('RIFF', 0); b.writeUInt32LE(36 + n, 4); b.write('WAVEfmt ', 8); b.writeUInt32LE(16, 16); b.writeUInt16LE(1, 20); b.writeUInt16LE(1, 22);
b.writeUInt32LE(rate, 24); b.writeUInt32LE(rate, 28); b.writeUInt16LE(1, 32); b.writeUInt16LE(8, 34); b.write('data', 36); b.writeUInt32LE(n, 40);
for (let i = 0; i < n; i++) {
  const t = i / rate, grunt = t > 2.9, f = grunt ? 116.5 - (t - 2.9) * 70 : 116.5;
  const env = Math.min(1, t / 0.25) * (grunt ? Math.max(0, 1 - (t - 2.9) / 0.7) : 1);
  let s = 0; for (let h = 1; h < 9; h++) s += Math.sin(2 * Math.PI * f * h * t) / h;
  b[44 + i] = Math.round(128 + env * s * 52);
}
writeFileSync(process.argv[2], b);
