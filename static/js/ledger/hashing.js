/* The hashes of a Board ledger: canonical lines, SHA-256, Merkle trees, and the check of one voter's proof.
   The format is told in docs/ledger.md. No server, no library: this file, outcome.js and verifying.js
   are also inside the page that can be saved and opened offline. */
"use strict";

const LedgerHashes = (() => {
  const encoder = new TextEncoder();

  /* SHA-256 (FIPS 180-4). Browsers offer their own only to pages of a secure address, which a saved file is not
     everywhere, and for each of a million short lines it would be slower than this. */
  const K = new Uint32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const schedule = new Int32Array(64);
  const state = new Int32Array(8);

  const turned = (x, n) => (x >>> n) | (x << (32 - n));

  function compress(view, offset) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(offset + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = schedule[t - 15], y = schedule[t - 2];
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3), s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      schedule[t] = (schedule[t - 16] + s0 + schedule[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + schedule[t]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  function sha256(bytes) {
    const padded = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(padded.length - 4, bytes.length << 3);
    state.set(START);
    for (let offset = 0; offset < padded.length; offset += 64) compress(view, offset);
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, at) => out.setInt32(4 * at, word));
    return new Uint8Array(out.buffer);
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const hashOf = (text) => hex(sha256(encoder.encode(text)));
  const handleOf = (receipt) => hashOf("board receipt handle" + receipt);
  const nonceOf = (receipt) => hashOf("board receipt nonce" + receipt);

  /* The one way to write a value: keys in order, no spaces, integers only. */
  function canonical(value) {
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value !== null && typeof value === "object") {
      return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
    }
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError("not an integer");
    return JSON.stringify(value);
  }

  const same = (one, other) => one !== undefined && canonical(one) === canonical(other);

  function commitmentOf({ choice, disclosure, nonce, replaces }) {
    return hashOf(canonical({ choice, disclosure, nonce, replaces }));
  }

  function entryHash(entry) {
    const { hash: _own, ...rest } = entry;
    return hashOf(canonical(rest));
  }

  /* Merkle trees as in RFC 9162, section 2.1. */
  function prefixed(prefix, ...parts) {
    const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
    bytes[0] = prefix;
    let at = 1;
    for (const part of parts) { bytes.set(part, at); at += part.length; }
    return sha256(bytes);
  }
  const leafHash = (line) => prefixed(0, line);
  const nodeHash = (left, right) => prefixed(1, left, right);

  class Tree {
    parts = []; // [leaves, root], the larger first
    add(leaf) {
      let size = 1, root = leaf;
      while (this.parts.length && this.parts.at(-1)[0] === size) {
        root = nodeHash(this.parts.pop()[1], root);
        size *= 2;
      }
      this.parts.push([size, root]);
    }
    root() {
      if (!this.parts.length) return hex(sha256(new Uint8Array()));
      return hex(this.parts.map((part) => part[1]).reduceRight((right, left) => nodeHash(left, right)));
    }
  }

  function rootFrom(leaf, index, count, path) {
    const steps = path.map(unhex);
    let root = leaf, last = count - 1;
    while (last > 0) {
      if (index % 2 || index < last) {
        if (!steps.length) return "";
        const beside = steps.shift();
        root = index % 2 ? nodeHash(beside, root) : nodeHash(root, beside);
      }
      index = Math.floor(index / 2);
      last = Math.floor(last / 2);
    }
    return steps.length ? "" : hex(root);
  }

  /* What a voter's browser checks of the server's answer: the line is of this receipt, it commits to this choice, and
     it is under this seal. Returns the code of what is wrong, or "". */
  function faultOfProof(receipt, proof) {
    const { vote, opening, seal } = proof;
    if (vote.handle !== handleOf(receipt) || opening.nonce !== nonceOf(receipt)) return "another_receipt";
    if (vote.commitment !== commitmentOf(opening)) return "another_choice";
    if (!seal) return "";
    if (seal.hash !== entryHash(seal)) return "entry_altered";
    const leaf = leafHash(encoder.encode(canonical(vote)));
    return rootFrom(leaf, proof.index, seal.votes, proof.path) === seal.root ? "" : "another_root";
  }

  return { sha256, hex, hashOf, handleOf, canonical, same, commitmentOf, entryHash, leafHash, Tree, faultOfProof };
})();
