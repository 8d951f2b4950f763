/** The pull or merge request that a pipeline runs for, and the API that knows it. */

/** One comment on a request. */
export interface Comment {
  id: number;
  body: string;
}

/** What we ask of GitHub and of GitLab alike. */
export interface Forge {
  /** Longest comment that it takes, in characters. */
  readonly limit: number;
  /** The branch that the request is to be merged into. */
  readTargetBranch: (request: number) => Promise<string>;
  listComments: (request: number) => Promise<Comment[]>;
  createComment: (request: number, body: string) => Promise<void>;
  updateComment: (request: number, id: number, body: string) => Promise<void>;
  /** The open request from this branch; undefined when there is none. */
  findRequest: (branch: string) => Promise<OpenRequest | undefined>;
  /** @returns its address */
  openRequest: (request: NewRequest) => Promise<string>;
}

export interface OpenRequest {
  number: number;
  url: string;
}

export interface NewRequest {
  branch: string;
  target: string;
  title: string;
  body: string;
}
