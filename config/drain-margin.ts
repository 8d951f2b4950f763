/**
 * What leaving may take beyond the longest job by right: at GitLab 20 min for what surrounds a script, a minute between
 * abort and kill (watchdog), then the leave, the end of the journal and AWS's own termination.
 */
export const DRAIN_MARGIN_MINUTES = 30;
