// An answer of unknown length on its way from a worker to the front: a port of its own. The front asks for each piece
// when the socket has room for it, so that nothing gathers anywhere; a port that closes before the end was said means
// that the answer is not whole, whichever side went away.

/** To the worker: one piece more. */
export type AskForPiece = 'more'

/** To the front: a piece, transferred; null: that was all. */
export type Piece = Uint8Array | null
