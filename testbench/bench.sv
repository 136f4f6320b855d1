// Bench around one array: clock, reset, transaction player, clock-by-clock monitor. Twin of session.py.
// The same text runs on Verilator and Icarus. Python touches it only between two commands, never at a clock.
// One command: Python sets the fields below, inverts `start`, and sleeps until `done` is inverted.
// Files lie in the simulator's working directory; see session.py for their formats.
`timescale 1ns / 1ps
`ifndef HEL_DUT
`define HEL_DUT hel_array
`endif
// HEL_DEBUG_BUS_BITS: width of the array's `debug_bus` port; undefined when the array has no debug bus.
module hel_bench;
    localparam [1:0] PLAY = 0, RESET = 1;  // anything else waits
    localparam [3:0] STUCK = 1, SPURIOUS = 2, WITHDRAWN = 3, UNKNOWN_HANDSHAKE = 4, UNKNOWN_RESPONSE = 5, FILE = 6;

    // Set by Python.
    reg        start = 0;
    reg [1:0]  command = 0;
    reg [31:0] count = 0;   // PLAY: transactions in script.bin; else clock cycles to spend
    reg [31:0] budget = 0;  // cycles without any handshake after which the player gives up
    reg [31:0] seed = 1;    // of the gaps, never 0
    reg [7:0]  gap_i = 0;   // probability (of 256) that a cycle offers no request
    reg [7:0]  gap_o = 0;   // the same for not being ready for a response
    reg        recording = 0;
    // Read by Python.
    reg        done = 0;
    reg [3:0]  failure = 0;
    reg [31:0] sent = 0;      // requests accepted in this PLAY
    reg [31:0] answered = 0;  // responses taken in this PLAY
    reg [63:0] spent = 0;     // clock cycles of the last command
    reg [63:0] cycle = 0;     // clock cycles since power-up

    reg         clk = 0;
    reg         rst = 0;  // a change to 1 wakes every `always @*` that Icarus did not run at time 0
    reg         i_valid = 0;
    reg  [48:0] i_payload = 0;  // {write, addr[15:0], data[31:0]}
    wire        i_ready;
    wire        o_valid;
    wire [31:0] o_payload;
    reg         o_ready = 0;
`ifdef HEL_DEBUG_BUS_BITS
    wire        debug_bus_valid;
    wire [`HEL_DEBUG_BUS_BITS - 1:0] debug_bus;
`endif

    always #1 clk = ~clk;

    reg         started = 0;
    reg         running = 0;
    reg         finished;
    reg  [31:0] unsent = 0;
    reg  [31:0] owed = 0;    // reads accepted and not answered
    reg  [31:0] quiet = 0;   // cycles since the last handshake
    reg  [31:0] random = 1;
    reg  [63:0] word = 0;
    reg         held = 0;    // a response was offered and not taken one cycle ago...
    reg  [31:0] held_payload = 0;  // ...and this was it
    integer     script_file = 0;
    integer     response_file = 0;
    integer     recording_file = 0;

    always @(posedge clk) begin
        cycle <= cycle + 1;
        finished = 0;
        if (!running) begin
            if (start != started) begin
                started <= start;
                running <= 1;
                failure = 0;
                spent = 0;
                quiet = 0;
                if (recording) begin
                    recording_file = $fopen("recording.txt", "w");
                    if (recording_file == 0) failure = FILE;
                end
                if (command == PLAY) begin
                    sent = 0;
                    answered = 0;
                    owed = 0;
                    held = 0;
                    unsent = count;
                    random = seed;
                    script_file = $fopen("script.bin", "rb");
                    response_file = $fopen("response.txt", "w");
                    if (script_file == 0 || response_file == 0) failure = FILE;
                end
            end
        end else if (command != PLAY) begin
            spent = spent + 1;
            rst <= command == RESET && spent < {32'd0, count};
            if (command == RESET) begin
                i_valid <= 0;
                o_ready <= 0;
            end
            finished = spent >= {32'd0, count};
        end else begin
            spent = spent + 1;
            quiet = quiet + 1;
            random = random ^ (random << 13);
            random = random ^ (random >> 17);
            random = random ^ (random << 5);

            if ((^{i_ready, o_valid}) === 1'bx) failure = UNKNOWN_HANDSHAKE;
            if (i_valid && i_ready) begin
                sent = sent + 1;
                quiet = 0;
                if (!i_payload[48]) owed = owed + 1;
            end
            if (held && (!o_valid || o_payload != held_payload)) failure = WITHDRAWN;
            held = o_valid && !o_ready;
            held_payload = o_payload;
            if (o_valid && o_ready) begin
                quiet = 0;
                if (owed == 0) failure = SPURIOUS;
                else begin
                    if ((^o_payload) === 1'bx) failure = UNKNOWN_RESPONSE;
                    $fwrite(response_file, "%h\n", o_payload);
                    owed = owed - 1;
                    answered = answered + 1;
                end
            end
            if (quiet > budget && failure == 0) failure = STUCK;

            finished = failure != 0 || (unsent == 0 && owed == 0 && (!i_valid || i_ready));
            if (!i_valid || i_ready) begin
                i_valid <= 0;
                if (unsent != 0 && random[7:0] >= gap_i && !finished) begin
                    if ($fread(word, script_file) != 8) begin
                        failure = FILE;
                        finished = 1;
                    end
                    i_payload <= word[48:0];
                    i_valid <= 1;
                    unsent = unsent - 1;
                end
            end
            o_ready <= random[15:8] >= gap_o && !finished;
            if (failure != 0) i_valid <= 0;
            if (finished) begin
                $fclose(script_file);
                $fclose(response_file);
            end
        end
`ifdef HEL_DEBUG_BUS_BITS
        if (running && recording && debug_bus_valid) $fwrite(recording_file, "%h %h\n", cycle, debug_bus);
`endif
        if (finished && recording) $fclose(recording_file);
        if (finished) begin
            running <= 0;
            done <= ~done;
        end
    end

    `HEL_DUT dut (
`ifdef HEL_DEBUG_BUS_BITS
        .debug_bus_enable(recording), .debug_bus_valid(debug_bus_valid), .debug_bus(debug_bus),
`endif
        .clk(clk), .rst(rst), .i__valid(i_valid), .i__ready(i_ready), .i__payload(i_payload),
        .o__valid(o_valid), .o__ready(o_ready), .o__payload(o_payload)
    );
endmodule
