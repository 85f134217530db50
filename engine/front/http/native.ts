// Chooses the newest uWebSockets.js binding that loads here. It must never load a native file whose SHA-256 is not
// the pinned one, and never a JavaScript fallback: only the .node file is opened, no code of the packages runs.
import { join } from 'node:path'
import type * as uWS from 'uWebSockets.js'
import { openNative, packageFolder, pinnedFile } from '../../native/pinned-file.js'

export type Native = Pick<typeof uWS, 'App' | 'SSLApp' | 'us_listen_socket_close' | '_cfg'> & {
  us_socket_local_port(socket: uWS.us_listen_socket): number
}

export interface Binding {
  /** Alias in package.json. */
  readonly package: string
  /** Inside the package. */
  readonly folder: string
  /** File name → SHA-256, hex. */
  readonly files: Readonly<Record<string, string>>
  /** Seconds for which a connection may say nothing; four more may pass before it is ended. */
  readonly idleSeconds: number
}

/** Newest first. 20.57 wants glibc 2.38 and does not load below it; 20.30 serves Node 20 on glibc 2.27. */
export const bindings: readonly Binding[] = [
  {
    package: 'uWebSockets.js-current',
    folder: '.',
    files: {
      'uws_linux_x64_115.node': '5b126ee00bf754b02e97e4c27090365a8562c5820c93f93918ac2212d4503e91',
      'uws_linux_x64_127.node': '4b55b1f2cb7a7913febbb65a89496412b96af77e838552980092ba6b33723aac',
      'uws_linux_x64_137.node': '98128405dba2fb608448e921a979530f70c946a2cc9889c15f2fa70c2d00ab05',
      'uws_linux_x64_141.node': '813d788b347c6fd76b779d8932311ec05a044e612b4b83af220f16e6ea789683',
      'uws_linux_arm64_115.node':
        '6bdbc8ff976b4371af1906175e9025804bacc38a414969f4f02314e6b99f206c',
      'uws_linux_arm64_127.node':
        '82b79bd18d1e3563de336156005bd01b7f39fc387b65173d69a29da4ee79f895',
      'uws_linux_arm64_137.node':
        '88618b30ddf6b2b62310db89f40a701616676352aac5e0f6184dd8ef876199ce',
      'uws_linux_arm64_141.node':
        '81d0186dd1549ed6a7f47e68e323573fc27d69d2920527654ce2dd993af2b0ec',
    },
    idleSeconds: 28,
  },
  {
    package: 'uWebSockets.js',
    folder: 'binaries',
    files: {
      'uws_linux_x64_115.node': 'f158fb441f7e2e37b3ab9a56782fe37f4c0d33b5cd32e96ee5c0120ce7db7ced',
      'uws_linux_arm64_115.node':
        'fa46518766a985c6a79daef039f40cccd8e98e9a288f2ceaf31a0a18901bbfd5',
    },
    idleSeconds: 8,
  },
]

const nativeName = (): string =>
  `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`

/** The path of a binding's file for this platform after its hash is checked; null when it has none. */
export const verifiedFile = (binding: Binding, folder: string | null): string | null => {
  const name = nativeName()
  if (folder === null) return null
  return pinnedFile(binding.package, join(folder, binding.folder, name), binding.files[name])
}

const open = (path: string): Native | null => {
  const holder = { exports: openNative<Native>(path) ?? {} }
  return typeof holder.exports._cfg === 'function' ? (holder.exports as Native) : null
}

interface Loaded {
  readonly native: Native
  readonly binding: Binding
}

let loaded: Loaded | null = null

const load = (binding: Binding): Loaded | null => {
  const path = verifiedFile(binding, packageFolder(binding.package))
  const native = path === null ? null : open(path)
  return native && { native, binding }
}

const loadOnce = (): Loaded => {
  if (loaded) return loaded
  for (const binding of bindings) loaded ??= load(binding)
  if (!loaded) throw new Error(`uWebSockets.js has no native binding for ${nativeName()}`)
  // Answers carry no mark of the server and its version.
  loaded.native._cfg('999999990007')
  return loaded
}

/** @throws Error when no pinned native binding loads on this platform, or a file was changed. */
export const loadNative = (): Native => loadOnce().native

/** The one that loads here; throws as loadNative() does. */
export const loadedBinding = (): Binding => loadOnce().binding

/** Whether the newest binding does not load here, and an older one stands in. */
export const isOlderBinding = (): boolean => loadedBinding() !== bindings[0]
