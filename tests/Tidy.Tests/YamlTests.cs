using System.Text.Json;
using Repository;

namespace Tidy.Tests;

/// <summary>The YAML reader of the compose and AsyncAPI checks: what it reads, and that it refuses everything else.</summary>
public sealed class YamlTests
{
    [Theory]
    [InlineData("a: 1\nb: x y # why\nc: \"1\"\nd: 'it''s'\ne: true\nf:\n", """{"a":1,"b":"x y","c":"1","d":"it's","e":true,"f":null}""")]
    [InlineData("a:\n  b:\n    c: 1\n  d: 2\n", """{"a":{"b":{"c":1},"d":2}}""")]
    [InlineData("a:\n  - 1\n  - b: 2\n    c: 3\n  - [\"x\", 4]\n", """{"a":[1,{"b":2,"c":3},["x",4]]}""")]
    [InlineData("a:\n- x: 1\n- y\nb: 2\n", """{"a":[{"x":1},"y"],"b":2}""")]
    [InlineData("a: >-\n  one\n  two\n\n  three\nb: |\n  one\n    two\n", """{"a":"one two\nthree","b":"one\n  two\n"}""")]
    [InlineData("base: &base\n  x: 1\n  y: 2\nuse:\n  <<: *base\n  y: 3\nsame: *base\n", """{"base":{"x":1,"y":2},"use":{"y":3,"x":1},"same":{"x":1,"y":2}}""")]
    [InlineData("a: &a\n  x: 1\nb: &b\n  x: 2\n  y: 2\nc:\n  <<: [*a, *b]\n", """{"a":{"x":1},"b":{"x":2,"y":2},"c":{"x":1,"y":2}}""")]
    [InlineData("OrderSaga.Contracts:X: 1\n\"a b\": 2\nurl: http://x:1/y\n", """{"OrderSaga.Contracts:X":1,"a b":2,"url":"http://x:1/y"}""")]
    [InlineData("port: \"5101:5101\"\nv: ${X:?set X}\n", """{"port":"5101:5101","v":"${X:?set X}"}""")]
    public void The_supported_yaml_is_read(string yaml, string json) => JsonSerializer.Serialize(Yaml.Parse(yaml), Plain).ShouldBe(json);

    [Theory]
    [InlineData("a: 1\na: 2\n", "Line 2: 'a' stands twice")]
    [InlineData("a: 1\n  b: 2\n", "Line 2: indented deeper")]
    [InlineData("a: *nobody\n", "Line 1: no anchor")]
    [InlineData("a: {b: 1}\n", "Line 1: flow style")]
    [InlineData("a: !!str 1\n", "Line 1: ")]
    [InlineData("a: b: c\n", "Line 1: ")]
    [InlineData("just words\n", "Line 1: expected")]
    [InlineData("a: \"no end\n", "Line 1: the quote")]
    public void Unsupported_yaml_is_refused(string yaml, string why) => Should.Throw<FormatException>(() => Yaml.Parse(yaml)).Message.ShouldStartWith(why);

    static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
