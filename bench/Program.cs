await Console.Error.WriteLineAsync("Usage: bench baseline NAME --settings FILE");
return 2;
