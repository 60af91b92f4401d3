/** Activities of alerts on `access-records`. */
export interface AlertRecordsActivities {
  /** Compares what is wrong with the alerts that are known; answers the channels to send to. */
  watchAlerts(): Promise<{ channelIds: string[] }>;
}

/** What is sent in one turn: everything that one channel is owed. */
export interface SendNoticesInput {
  channelId: string;
}

/** Activities of alerts on `access-events`: requests to mail servers and webhooks. */
export interface NoticeActivities {
  /** Sends what the channel is owed and is due. */
  sendDueNotices(input: SendNoticesInput): Promise<void>;
}
