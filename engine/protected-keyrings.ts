// How many keyrings of a thread lie in libsodium's memory at once. Each takes four of the process's memory maps, and where
// the system has none left the process ends; half of them stay free for everything else.
import { readFileSync } from 'node:fs'

const mapsEach = 4
/** Linux has had this default since 2.6. */
const usualMaps = 65_530

/** `vm.max_map_count`. */
const mostMaps = (): number => {
  try {
    return Number.parseInt(readFileSync('/proc/sys/vm/max_map_count', 'utf8'), 10) || usualMaps
  } catch {
    return usualMaps
  }
}

/** The shards and the management thread have equal parts. */
export const protectedKeyrings = (shards: number, maps: number = mostMaps()): number =>
  Math.floor(maps / 2 / mapsEach / (shards + 1))
