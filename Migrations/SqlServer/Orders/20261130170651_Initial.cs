using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.SqlServer.Orders
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    subject = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    subject_id = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    from_state = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    to_state = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    cause = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    detail = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    actor = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    mark = table.Column<Guid>(type: "uniqueidentifier", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    first_id = table.Column<long>(type: "bigint", nullable: false),
                    last_id = table.Column<long>(type: "bigint", nullable: false),
                    marks = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    sealed_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    previous = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_seals", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "failed_messages",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    endpoint = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    input_address = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    message_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    correlation_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    message_type = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    content_type = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    body = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    headers = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    cause = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    detail = table.Column<string>(type: "nvarchar(4000)", maxLength: 4000, nullable: false),
                    failed_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    replayed_at = table.Column<DateTime>(type: "datetime2", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_failed_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    merchant = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    idempotency_key = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false),
                    request_hash = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    answer_status = table.Column<int>(type: "int", nullable: false),
                    answer = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotency_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                columns: table => new
                {
                    endpoint = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    message_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    received_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox", x => new { x.message_id, x.endpoint });
                });

            migrationBuilder.CreateTable(
                name: "orders",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    merchant = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    idempotency_key = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false),
                    state = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    cancellation_requested = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    order_class = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: true),
                    customer = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true),
                    flow = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, defaultValue: "stock-first"),
                    lane = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, defaultValue: "main"),
                    switch_version = table.Column<long>(type: "bigint", nullable: true),
                    trace_parent = table.Column<string>(type: "nvarchar(55)", maxLength: 55, nullable: true),
                    currency = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    lines = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    payment_method = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    payment_token = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true),
                    payment_url = table.Column<string>(type: "nvarchar(max)", maxLength: 8192, nullable: true),
                    pay_before = table.Column<DateTime>(type: "datetime2", nullable: false),
                    payment_tried = table.Column<bool>(type: "bit", nullable: false),
                    stock_released = table.Column<bool>(type: "bit", nullable: false),
                    payment_released = table.Column<bool>(type: "bit", nullable: false),
                    review_from = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: true),
                    next_retry_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    retry_count = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_orders", x => x.id);
                    table.CheckConstraint("ck_orders_state", "state IN ('Reserving', 'Trying', 'AwaitingPayment', 'AwaitingStock', 'ConfirmingPayment', 'ConfirmingStock', 'Cancelling', 'Completed', 'Cancelled', 'NeedsReview')");
                    table.CheckConstraint("ck_orders_total", "total > 0");
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    destination = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    message_type = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    content_type = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    body = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    trace_parent = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true),
                    correlation_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    lease = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    next_attempt_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    parked_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    last_error = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "products",
                columns: table => new
                {
                    sku = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    unit_price = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_products", x => x.sku);
                    table.CheckConstraint("ck_products_unit_price", "unit_price > 0");
                });

            migrationBuilder.CreateTable(
                name: "switch_versions",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    killed = table.Column<bool>(type: "bit", nullable: false),
                    rules = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    by_key = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    approved_by = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    reason = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: false),
                    at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_switch_versions", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "switches",
                columns: table => new
                {
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    in_force = table.Column<long>(type: "bigint", nullable: false),
                    proposed_rules = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    proposed_by = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true),
                    proposed_reason = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: true),
                    proposed_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_switches", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "webhook_cursors",
                columns: table => new
                {
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    after_event = table.Column<long>(type: "bigint", nullable: false),
                    holder = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    heartbeats = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_cursors", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    endpoint_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    event_id = table.Column<long>(type: "bigint", nullable: false),
                    type = table.Column<string>(type: "nvarchar(50)", maxLength: 50, nullable: false),
                    body = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    state = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    next_attempt_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    lease = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    last_status = table.Column<int>(type: "int", nullable: true),
                    last_error = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: true),
                    last_attempt_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_deliveries", x => x.id);
                    table.CheckConstraint("ck_webhook_deliveries_state", "state IN ('Pending', 'Delivered', 'GivenUp', 'Missed')");
                });

            migrationBuilder.CreateTable(
                name: "webhook_endpoints",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    merchant = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    url = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    secret = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    previous_secret = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    previous_secret_until = table.Column<DateTime>(type: "datetime2", nullable: true),
                    state = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    failing_since = table.Column<DateTime>(type: "datetime2", nullable: true),
                    slot = table.Column<int>(type: "int", nullable: true),
                    from_event = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_endpoints", x => x.id);
                    table.CheckConstraint("ck_webhook_endpoints_state", "state IN ('Active', 'Failing', 'Disabled', 'Removed')");
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_subject_id_id",
                table: "audit",
                columns: new[] { "subject_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_failed_at",
                table: "failed_messages",
                column: "failed_at");

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_message_id",
                table: "failed_messages",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages",
                column: "replayed_at");

            migrationBuilder.CreateIndex(
                name: "IX_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_idempotency_keys_order_id",
                table: "idempotency_keys",
                column: "order_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_orders_in_review",
                table: "orders",
                columns: new[] { "updated_at", "id" },
                filter: "state = 'NeedsReview'");

            migrationBuilder.CreateIndex(
                name: "ix_orders_merchant_created_at_id",
                table: "orders",
                columns: new[] { "merchant", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_orders_next_retry_at",
                table: "orders",
                column: "next_retry_at",
                filter: "next_retry_at IS NOT NULL AND payment_url IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_orders_updated_at",
                table: "orders",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "ix_orders_waiting_retry_at",
                table: "orders",
                column: "next_retry_at",
                filter: "next_retry_at IS NOT NULL AND payment_url IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_parked_at_next_attempt_at",
                table: "outbox",
                columns: new[] { "parked_at", "next_attempt_at" });

            migrationBuilder.CreateIndex(
                name: "IX_switch_versions_name_number",
                table: "switch_versions",
                columns: new[] { "name", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_webhook_deliveries_endpoint_id_event_id",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "event_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_webhook_deliveries_endpoint_id_order_id_event_id",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "order_id", "event_id" });

            migrationBuilder.CreateIndex(
                name: "IX_webhook_deliveries_state_created_at",
                table: "webhook_deliveries",
                columns: new[] { "state", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_created_at",
                table: "webhook_deliveries",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_next_attempt_at",
                table: "webhook_deliveries",
                column: "next_attempt_at",
                filter: "next_attempt_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_webhook_endpoints_merchant_created_at",
                table: "webhook_endpoints",
                columns: new[] { "merchant", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_webhook_endpoints_state",
                table: "webhook_endpoints",
                column: "state");

            migrationBuilder.CreateIndex(
                name: "ux_webhook_endpoints_slot",
                table: "webhook_endpoints",
                columns: new[] { "merchant", "slot" },
                unique: true,
                filter: "slot IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropTable(
                name: "failed_messages");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "inbox");

            migrationBuilder.DropTable(
                name: "orders");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "products");

            migrationBuilder.DropTable(
                name: "switch_versions");

            migrationBuilder.DropTable(
                name: "switches");

            migrationBuilder.DropTable(
                name: "webhook_cursors");

            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "webhook_endpoints");
        }
    }
}
