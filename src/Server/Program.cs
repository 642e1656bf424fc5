using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;

return await ServerHost.Build(args).RunServiceAsync();
