// Whether this Node.js and this system's C library run what comes as native code. Asked before anything is made, of
// those who load it; what is said names what is there and what is needed.
import { bindings, isOlderBinding, loadNative } from '../front/http/native.js'
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

interface Runtime {
  /** Major version. */
  readonly node: number
  readonly hasOlderBinding: boolean
}

const present = (): Runtime => ({
  node: Number.parseInt(process.versions.node, 10),
  hasOlderBinding: isOlderBinding(),
})

const ofNode = (node: number): string =>
  `Node.js ${node} is at the end of its life, and an audited read takes 1.3 to 1.9 times the CPU`

const ofOlderBinding =
  'HTTP/1.0, header names with "_" or ".", more than 48 headers and a missing Host get no answer, but are closed after ten seconds'

/** One line for who runs the engine (OPERATIONS.md, figures too); null on a runtime that the README names. */
export const runtimeCosts = ({ node, hasOlderBinding }: Runtime = present()): string | null => {
  const costs = [...(node < 22 ? [ofNode(node)] : []), ...(hasOlderBinding ? [ofOlderBinding] : [])]
  if (costs.length === 0) return null
  return `${costs.join('; ')}: not so with Node.js 22 or 24 on glibc 2.38 or later`
}
