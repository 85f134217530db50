// Which shard a tenant belongs to: the same for as long as the number of shards, so that its keys, pool and caches
// exist once.
/** FNV-1a over the id's text; UUIDv7 begins with the time, so the end must count as much as the beginning. */
export const shardOf = (tenant: string, shards: number): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < tenant.length; i++) hash = Math.imul(hash ^ tenant.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % shards
}
