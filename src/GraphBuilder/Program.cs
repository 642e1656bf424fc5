using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.GraphBuilder;

// Kafka -> interactions, co-occurrence and interest graphs -> snapshots and live state in Redis.
return await GraphBuilderHost.Build(args).RunServiceAsync();
