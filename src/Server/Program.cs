using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Server;

return await ServerHost.Build(args).RunServiceAsync();
