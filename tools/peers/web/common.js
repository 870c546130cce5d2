// What both pages share: the camera, the compositor, and telling the measuring program how it went.

/**
 * Frames of the fake camera, the newest each time; how old one is, in milliseconds beyond the least that an idle reader saw, since the
 * camera's clock begins anywhere.
 */
export async function camera() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: { ideal: 60 } } });
  const track = stream.getVideoTracks()[0];
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  const next = async () => (await reader.read()).value;
  const late = (frame) => performance.now() - frame.timestamp / 1000;
  let least = Infinity;
  for (let i = 0; i < 60; i++) {
    const frame = await next();
    least = Math.min(least, late(frame));
    frame.close();
  }
  return { next, age: (frame) => late(frame) - least, settings: track.getSettings() };
}

const VERTEX = `#version 300 es
in vec2 at; out vec2 uv;
void main() { uv = vec2(at.x, 1.0 - at.y); gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0); }`;
const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D frame, mask, slide; in vec2 uv; out vec4 color;
void main() { color = mix(texture(slide, uv), texture(frame, uv), texture(mask, uv).r); }`;

/** Blends frame over slide by a mask: one pass of WebGL 2 onto the page's canvas. */
export function compositor(canvas, slide) {
  const gl = canvas.getContext('webgl2', { antialias: false, alpha: false, desynchronized: true });
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  const at = gl.getAttribLocation(program, 'at');
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
  ['frame', 'mask', 'slide'].forEach((name, unit) => {
    gl.uniform1i(gl.getUniformLocation(program, name), unit);
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  });
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, slide);
  const one = new Uint8Array(4);
  const picture = (unit, source) => {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
  };
  const draw = () => {
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, one); // the picture is finished, not only ordered
  };
  return {
    /** mask: bytes of width x height. */
    bytes(frame, mask, width, height) {
      picture(0, frame);
      gl.activeTexture(gl.TEXTURE1);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, mask);
      draw();
    },
    /** mask: a picture whose red says how much is kept. */
    picture(frame, mask) {
      picture(0, frame);
      picture(1, mask);
      draw();
    },
    name: () => gl.getParameter(gl.RENDERER),
  };
}

/** The same without WebGL: a canvas in main memory, which may suit a machine without a graphics device better. */
export function painter(canvas, slide) {
  const paint = canvas.getContext('2d', { willReadFrequently: true, alpha: true });
  let cut = null;
  return {
    bytes(frame, mask, width, height) {
      cut ??= { picture: new ImageData(width, height), canvas: new OffscreenCanvas(width, height) };
      for (let i = 0; i < mask.length; i++) cut.picture.data[4 * i + 3] = mask[i];
      cut.canvas.getContext('2d', { willReadFrequently: true }).putImageData(cut.picture, 0, 0);
      paint.globalCompositeOperation = 'copy';
      paint.drawImage(frame, 0, 0, canvas.width, canvas.height);
      paint.globalCompositeOperation = 'destination-in';
      paint.drawImage(cut.canvas, 0, 0, canvas.width, canvas.height);
      paint.globalCompositeOperation = 'destination-over';
      paint.drawImage(slide, 0, 0);
      paint.getImageData(0, 0, 1, 1); // the picture is finished, not only ordered
    },
    name: () => 'none: a 2D canvas',
  };
}

export const tell = (name, body) => fetch('/tell/' + name, { method: 'POST', body });

export async function slide() {
  return createImageBitmap(await (await fetch('/work/slide.png')).blob(), { resizeWidth: 1280, resizeHeight: 720 });
}

/**
 * Warms up, then counts frames for some seconds; the measuring program notes CPU times at both marks. `frame` gives the age of its
 * picture when it was drawn, in milliseconds.
 */
export async function measure(frame, facts) {
  const seconds = Number(new URLSearchParams(location.search).get('seconds') ?? 10);
  for (let i = 0; i < 20; i++) await frame();
  await tell('begin', '');
  const start = performance.now();
  const ages = [];
  let end = start;
  while (end - start < seconds * 1000) {
    ages.push(await frame());
    end = performance.now();
  }
  ages.sort((a, b) => a - b);
  const at = (share) => ages[Math.min(ages.length - 1, Math.floor(share * ages.length))];
  await tell('end', JSON.stringify({ frames: ages.length, seconds: (end - start) / 1000, age: [at(0.5), at(0.95)], ...facts() }));
}

export async function page(run) {
  try {
    await run();
  } catch (e) {
    await tell('failed', String(e?.stack ?? e));
  }
}
