// Whether this Node.js and this system's C library run what comes as native code. Asked before anything is made, of
// those who load it; what is said names what is there and what is needed.
import { bindings, loadNative } from '../front/http/native.js'
import { refuse } from '../config/refusal.js'

/** Of a build, by the version of Node's binary interface in its name. */
const nodeOf: Readonly<Record<string, string>> = { 115: '20', 127: '22', 137: '24', 141: '25' }

/** The C library that this process runs with; null where it is another than glibc. */
const glibcVersion = (): string | null => {
  const { header } = process.report.getReport() as {
    readonly header?: { readonly glibcVersionRuntime?: string }
  }
  return header?.glibcVersionRuntime ?? null
}

const nodesOf = (files: readonly string[]): string[] => {
  const own = files.filter((file) => file.startsWith(`uws_${process.platform}_${process.arch}_`))
  return own.map((file) => nodeOf[/_(\d+)\.node$/.exec(file)?.[1] ?? ''] ?? '?')
}

const needed = (): string => {
  const [current = [], older = []] = bindings.map(({ files }) => nodesOf(Object.keys(files)))
  if (current.length === 0) return `there is no build for ${process.platform} on ${process.arch}`
  return `needed is Node.js ${current.join(', ')} with glibc 2.38 or later, or Node.js ${older.join(', ')} with glibc 2.27 or later`
}

const here = (): string => {
  const glibc = glibcVersion()
  const library = glibc === null ? 'no glibc' : `glibc ${glibc}`
  return `this is Node.js ${process.versions.node} with ${library} on ${process.platform} ${process.arch}`
}

/** Throws a ConfigError. A native file that was changed is refused as it is. */
export const checkRuntime = (load: () => unknown = loadNative): void => {
  try {
    load()
  } catch (error) {
    const { message } = error as Error
    if (message.includes('pinned')) refuse(`${message}: run npm ci again`)
    refuse(`uWebSockets.js does not load here: ${here()}; ${needed()}`)
  }
}
