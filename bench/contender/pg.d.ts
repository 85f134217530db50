// The part of pg that the bench uses; the package brings no types.
declare module 'pg' {
  export interface Result<Row> {
    readonly rows: Row[]
    readonly rowCount: number | null
  }

  export interface Statement {
    /** Prepared once a connection under this name. */
    readonly name?: string
    readonly text: string
    readonly values?: readonly unknown[]
  }

  interface Queryable {
    query<Row>(statement: string | Statement, values?: readonly unknown[]): Promise<Result<Row>>
  }

  export class Client implements Queryable {
    constructor(options: { connectionString: string })
    connect(): Promise<void>
    end(): Promise<void>
    query<Row>(statement: string | Statement, values?: readonly unknown[]): Promise<Result<Row>>
  }

  export class Pool implements Queryable {
    constructor(options: { connectionString: string; max: number })
    end(): Promise<void>
    on(event: 'error', listener: (error: Error) => void): this
    query<Row>(statement: string | Statement, values?: readonly unknown[]): Promise<Result<Row>>
  }
}
